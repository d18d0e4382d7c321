"""What a bare number counts, and what happened to it (`read`); people told of without a number (`singles`)."""
