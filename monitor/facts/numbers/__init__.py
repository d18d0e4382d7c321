"""Numbers in digits and words: read token by token, then joined (`read`)."""
