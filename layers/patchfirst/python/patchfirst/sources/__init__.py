"""The feeds that PatchFirst reads. One module per source: where it is, and how to read it."""
