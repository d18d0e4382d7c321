"""The words of a language: read and checked (`read`), laid out for look-up by token (`model`)."""
