"""What the sample's modules roll alike: numbers that are always the same for the same question, and invented ids."""

from zlib import crc32


def cve(number: int) -> str:
    """Ids from a range that is not given out: 90,000 and up, over eleven years."""
    return f"CVE-{2016 + number % 11}-{90_000 + number // 11}"


def chance(*what: object) -> float:
    """A share between 0 and 1, always the same for the same question."""
    return roll(*what) / 2**32


def roll(*what: object) -> int:
    """A number that is always the same for the same question. The factor scatters what a checksum leaves close."""
    return crc32(repr(what).encode()) * 2_654_435_761 % 2**32
