"""A text as tokens with offsets, and its sentences."""
