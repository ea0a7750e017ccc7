"""The sample's random source: numbers that look random and are the same at every run, and invented CVE ids."""

from zlib import crc32


def cve(number: int) -> str:
    """An id from a range that is not assigned: 90,000 and up, over eleven years."""
    return f"CVE-{2016 + number % 11}-{90_000 + number // 11}"


def hashed_share(*key: object) -> float:
    """A number between 0 and 1, always the same for the same key."""
    return hashed_int(*key) / 2**32


def hashed_int(*key: object) -> int:
    """A number of 32 bits, always the same for the same key. The factor scatters the checksums of similar keys."""
    return crc32(repr(key).encode()) * 2_654_435_761 % 2**32
