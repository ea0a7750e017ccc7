"""A second product, whole, in less than 150 lines: the proof that the company knows nothing of the first."""
