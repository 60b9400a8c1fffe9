"""The network, from scratch in NumPy: pure functions and frozen values, no file, no clock, no global state."""
