"""Rows as CSV that a spreadsheet opens as it was meant: every text stays a text, and every sign is shown."""

import csv
import io
from collections.abc import Mapping, Sequence

from company.text.cleaning import visible_json

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
"""At the beginning; without it spreadsheets read UTF-8 as an older code."""
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
"""A cell that begins so may be run as a formula (OWASP, CSV injection), in full width too."""


def as_table(rows: Sequence[Mapping[str, object]], columns: Sequence[str] = ()) -> str:
    """RFC 4180: a line of names, then one for each row, in the order of the first row's names.

    columns: the names where there is no row.
    """
    text = io.StringIO()
    names = list(dict.fromkeys(name for row in rows for name in row)) or columns
    writer = csv.writer(text)
    writer.writerow([_cell(name) for name in names])
    writer.writerows([_cell(row.get(name)) for name in names] for row in rows)
    return BOM + text.getvalue()


def _cell(value: object) -> object:
    """Numbers stay numbers; a list is its parts in one text; a text that may be a formula begins with an apostrophe."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return value
        case list() | tuple():
            return _text("; ".join(str(_part(part)) for part in value))
        case _:
            return _text(str(value))


def _part(value: object) -> object:
    """Of a part that has several fields, the sentence that says it."""
    return value.get("says", value) if isinstance(value, Mapping) else value


def _text(text: str) -> str:
    """Blanks before a sign do not save a cell: some spreadsheets take them away."""
    clean = str(visible_json(text)).replace("\n", " ")
    return f"'{clean}" if text.startswith(FORMULA) or clean.lstrip().startswith(FORMULA) else clean
