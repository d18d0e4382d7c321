"""One folder a kind of channel, independent of each other. `sending.py` is what each must offer."""
