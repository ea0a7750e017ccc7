"""Front matter of the plain form that records have, read without a YAML library, for which a cold start would wait.

What is not of this form is left to YAML; what is of it means here what it means there.
"""

import re

WORD = r"[A-Za-z][A-Za-z_0-9]*"
NUMBER = r"(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?"
ITEM = rf"(?:{WORD}|{NUMBER})"
TEXT = r"[A-Za-z][A-Za-z_0-9 ,;.()*?'/+-]*(?<! )"
"""On one line: without a colon, a hash and all else that may mean more in YAML than itself."""
LINE = re.compile(
    rf"(?P<indent>(?:  )?)(?P<key>[a-z_]+):(?: (?:\[(?P<list>(?:{WORD}(?:,\s+{WORD})*)?)\]"
    rf"|\{{(?P<map>{WORD}: {ITEM}(?:, {WORD}: {ITEM})*)\}}|(?P<item>{NUMBER}|{TEXT})))?\n"
)
TRUTHS = {"true": True, "false": False}
NO_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""Words that YAML takes for something else, in any case of their letters."""


def read_plain(text: str) -> dict[str, object] | None:
    """Keys with their values, of which one may be a mapping below it; None where YAML has to read it."""
    whole: dict[str, object] = {}
    inner: dict[str, object] | None = None
    at = 0
    while at < len(text):
        found = LINE.match(text, at)
        place = whole if found and not found["indent"] else inner
        if found is None or place is None or found["key"] in place or not _is_plain(found):
            return None
        at, has_value = found.end(), found.lastgroup != "key"
        if place is whole:
            inner = None if has_value else {}
        elif not has_value:
            return None
        place[found["key"]] = _value(found) if has_value else inner
    return None if {} in whole.values() else whole


def _is_plain(found: re.Match[str]) -> bool:
    """Whether each word stands for itself, and each key of a mapping stands there once."""
    keys = re.findall(rf"({WORD}):", found["map"] or "")
    item = found["item"] or ""
    words = {found["key"], "" if item in TRUTHS else item.lower()}
    words.update(re.split(r"[,:\s]+", f"{found['list'] or ''},{found['map'] or ''}".lower()))
    return not words & NO_TEXT and len({*keys}) == len(keys)


def _value(found: re.Match[str]) -> object:
    if found["item"]:
        return _item(found["item"])
    if found["map"]:
        pairs = (pair.split(": ") for pair in found["map"].split(", "))
        return {key: _item(value) for key, value in pairs}
    return re.split(r",\s+", found["list"]) if found["list"] else []


def _item(written: str) -> object:
    if not written[0].isdigit():
        return TRUTHS.get(written, written)
    return float(written) if "." in written else int(written)
