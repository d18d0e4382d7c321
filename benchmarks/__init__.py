"""What is measured, by `make benchmark`. Compare figures of one run only: machines are noisy."""
