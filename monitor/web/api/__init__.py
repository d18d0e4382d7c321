"""The API under `/api/v1`: the nouns of the glossary as JSON. What the pages do, it does."""
