"""The feeds that PatchFirst reads. One module per source: its addresses, and how to read it."""
