"""Tries the order of a product on a past day: evidence until then, outcomes after it, and other orders beside it."""
