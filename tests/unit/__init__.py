"""Unit tests of small modules."""
