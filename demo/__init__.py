"""The demonstration: a local news site, the real service watching it, and everything that it told. See `__main__`."""
