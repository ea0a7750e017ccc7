"""Faults that are planted on purpose, so that a run shows who notices them."""
