"""What the supervisor of a trial says of pages that the tested code wrote: digests and counts, and no text of a page.

Also where that code failed is its claim: only a place that its files have, and a type that Python has, are passed on.
"""

import builtins
import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from company.sandbox.tested import Claim

SOME = "some"


def figures_of_pages(
    package: str, names: Sequence[str], change_key: Sequence[str], claims: Sequence[tuple["Claim", bytes]]
) -> dict[str, object]:
    """By page: place, where it could not be written; else digest, has_subject, has_html, further, keys, is_named.

    keys: of each item, a digest of what names its change; is_named: whether the body has the first column of it.
    ValueError for other pages than were asked for, or what is no page. package: the folder of the product's copy.
    """
    if [claim["name"] for claim, _ in claims] != list(names):
        raise ValueError("it wrote other pages than it was given")
    texts = _texts(package)
    return {
        claim["name"]: {"place": _known(texts, claim["place"])} if "place" in claim else _figures(body, change_key)
        for claim, body in claims
    }


def key_digest(item: Mapping[str, Any], change_key: Sequence[str]) -> str:
    """What names a change, for comparing and not for reading; the same before and after JSON."""
    return _digest(json.dumps([str(item.get(column)) for column in change_key]).encode())


def _figures(body: bytes, change_key: Sequence[str]) -> dict[str, object]:
    try:
        subject, text, html, items, further, _ = json.loads(body)
        return {
            "digest": _digest(body),
            "has_subject": bool(subject.strip()),
            "has_html": bool(html),
            "further": sorted(_digest(str(name).encode()) for name in further),
            "keys": [key_digest(item, change_key) for item in items],
            "is_named": [str(item.get(change_key[0])) in text for item in items] if change_key else [],
        }
    except (TypeError, AttributeError, KeyError) as error:
        raise ValueError("what it wrote is no page") from error


def _digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def _texts(package: str) -> dict[str, str]:
    """The product's modules by their paths from the root of the code."""
    found = {}
    for folder, _, files in os.walk(package):
        for path in (os.path.join(folder, file) for file in files if file.endswith(".py")):
            with open(path, encoding="utf-8") as opened:
                found[os.path.relpath(path, os.path.dirname(package))] = opened.read()
    return found


def _known(texts: Mapping[str, str], place: Mapping[str, str | int]) -> dict[str, str | int]:
    file, function, error = (str(place.get(name)) for name in ("file", "function", "error"))
    text, line = texts.get(file), int(place.get("line") or 0)
    if text is None or not 0 < line <= text.count("\n") + 1:
        return {"file": SOME, "function": SOME, "line": 0, "error": _type(error)}
    has_function = f"def {function.rpartition('.')[2]}(" in text
    return {"file": file, "function": function if has_function else SOME, "line": line, "error": _type(error)}


def _type(name: str) -> str:
    known = getattr(builtins, name, None)
    return name if isinstance(known, type) and issubclass(known, Exception) else "Error"
