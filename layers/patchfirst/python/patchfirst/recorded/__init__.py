"""Recorded feeds for the desk: which files of a folder are editions, of when they are, and what was left out."""

from patchfirst.recorded.reading import recorded

__all__ = ["recorded"]
