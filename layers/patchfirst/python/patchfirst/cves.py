"""One spelling for CVE ids, whatever dash or blank a feed puts into them."""

import re

CVE = re.compile(r"CVE-\d{4}-\d{4,}", re.ASCII)
DASHES = dict.fromkeys(range(0x2010, 0x2014), "-")
BLANKS = re.compile(r"\s+")


def normalise(text: str) -> str | None:
    """The id in its one spelling; None when it is none even without odd dashes and blanks."""
    plain = BLANKS.sub("", text.translate(DASHES)).upper()
    return plain if CVE.fullmatch(plain) else None
