"""Text from outside: what the brain can store of it, and what may be shown to a reader."""

import json
import math
import re
import unicodedata
from collections.abc import Mapping

from company.json_values import JsonObject

REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPE = re.compile(r'\\(u[0-9a-f]{4}|[^\\"])')
"""What JSON in ASCII writes for a sign that is none of it, or for a control sign."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
"""Categories of Unicode that no reader sees as a sign: control, format (bidirectional too), half a pair, unassigned."""


def storable(text: str) -> str:
    """The text as Postgres takes it: no NUL, and U+FFFD in the place of half a surrogate pair."""
    if text.isascii():
        return text.replace("\x00", "")
    return SURROGATE.sub(REPLACEMENT, text).replace("\x00", "")


def storable_json(value: object) -> object:
    """The same for each text of a value as JSON has it, at every depth; a number that JSON has not becomes its name."""
    match value:
        case str():
            return storable(value)
        case float() if not math.isfinite(value):
            return str(value)
        case dict():
            return {storable_json(key): storable_json(part) for key, part in value.items()}
        case list() | tuple():
            return [storable_json(part) for part in value]
        case _:
            return value


def json_text(value: object) -> str:
    """The value as JSON that Postgres takes. In most values nothing is to be replaced: JSON in ASCII shows that."""
    try:
        text = json.dumps(value, allow_nan=False)
    except ValueError:
        return json.dumps(storable_json(value))
    return json.dumps(storable_json(value)) if "\\u" in text else text


def visible(text: str) -> str:
    """The text without control, format and bidirectional signs, in lines; tabs are blanks."""
    if text.isprintable():  # Python's word for it: neither a sign of HIDDEN nor an end of a line
        return text
    return "\n".join(map(_visible_signs, storable(text).replace("\t", " ").splitlines()))


def _visible_signs(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c for c in line if unicodedata.category(c) not in HIDDEN)


def visible_json(value: object) -> object:
    """The same for each text of a value as JSON has it, at every depth."""
    if isinstance(value, str):
        return visible(value)
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple):
        return [visible_json(part) for part in value]
    if isinstance(value, dict | Mapping):
        return {visible_json(key): visible_json(part) for key, part in value.items()}
    return value


def visible_document(value: JsonObject) -> JsonObject:
    """The same for a large document, of which most have nothing to take out: then it is the one that was given."""
    escapes = set(ESCAPE.findall(json.dumps(value)))
    if all(len(escape) > 1 and _is_seen(chr(int(escape[1:], 16))) for escape in escapes):
        return value
    cleaned = visible_json(value)
    assert isinstance(cleaned, dict)
    return cleaned


def _is_seen(sign: str) -> bool:
    return unicodedata.category(sign) not in HIDDEN | {"Zl", "Zp"}


def visible_page(text: str) -> str:
    """The same for a page, whose last line keeps its end."""
    return visible(text) + ("\n" if text.endswith("\n") else "")


def visible_line(text: str) -> str:
    """The same in one line, as a subject or a title must be."""
    return " ".join(visible(text).split())
