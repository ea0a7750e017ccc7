"""Components of a CSV file: a first line with the names of its columns, then a component on each line."""

import csv
import re
from collections.abc import Mapping

from company.text.decoding import split_lines
from company.vertical import Component, Malformed
from watchbill.inventory.found import Found, package_url, parts_of, plain, read_part

NAMES = {
    "vendor": ("vendor", "vendor name", "publisher", "manufacturer", "supplier", "maker"),
    "product": (
        "product", "product name", "name", "component", "component name", "package", "package name",
        "software", "software name", "application", "application name", "display name",
    ),
    "version": (
        "version", "version number", "product version", "component version", "package version",
        "software version", "application version", "display version", "installed version",
    ),
    "cpe": ("cpe", "cpe 2.3", "cpe 2.3 uri", "cpe name"),
    "purl": ("purl", "package url"),
}  # fmt: skip
"""Also without blanks and in any case: Windows lists DisplayName, DisplayVersion and Publisher of what is installed."""
OURS = {re.sub(r"\W", "", theirs): ours for ours, names in NAMES.items() for theirs in names}
SEPARATORS = ",;\t"
SAID = re.compile(r"sep=([,;|\t])", re.IGNORECASE)
"""Excel's own first line, which says what separates the cells."""
AS_TEXT = re.compile(r'="(.*)"')
"""How an export keeps Excel from making a number or a date of a version."""


def components_of_table(text: str) -> Found:
    """A line that names nothing refuses the file: who wrote it can say what it was meant to be."""
    lines = split_lines(re.sub(r"\r(?!\n)", "\n", text))  # a spreadsheet of a Mac ends a line so
    said = SAID.fullmatch(lines[0])
    separator = said[1] if said else max(SEPARATORS, key=lines[0].count)
    # With its end: a quoted cell may go on in the next line, and its words would grow together.
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=separator, strict=True)
    found, unnamed = Found("CSV"), []
    try:
        if said:
            next(reader)
        columns = _columns(next(reader, []))
        for row in reader:
            cells = _cells(columns, row)
            if cells and not _add(found, f"line {reader.line_num}", cells):
                unnamed.append(str(reader.line_num))
    except csv.Error as error:
        raise Malformed(f"line {reader.line_num} is no line of CSV: {error}") from error
    if unnamed:
        shown = ", ".join(unnamed[:5]) + (" and others" if len(unnamed) > 5 else "")
        raise Malformed(f"no product, cpe or purl that can be read on line {shown}; nothing was stored")
    return found


def _columns(first: list[str]) -> dict[int, str]:
    known = (OURS.get(re.sub(r"[\W_]", "", cell).lower()) for cell in first)
    columns = {n: ours for n, ours in enumerate(known) if ours}
    if not {"product", "cpe", "purl"} & set(columns.values()):
        raise Malformed("its first line names no column product, cpe or purl; write for example vendor,product,version")
    return columns


def _cells(columns: Mapping[int, str], row: list[str]) -> dict[str, str]:
    """What a line says; of two columns that mean the same the first that says something."""
    cells: dict[str, str] = {}
    for n, ours in columns.items():
        text = row[n].strip() if n < len(row) else ""
        as_text = AS_TEXT.fullmatch(text)
        if text := plain(as_text[1] if as_text else text):
            cells.setdefault(ours, text)
    return cells


def _add(found: Found, where: str, cells: Mapping[str, str]) -> bool:
    """Whether the line names something. Without a product, its package or its CPE names it."""
    purl = read_part(found, where, "purl", package_url, cells.get("purl", ""))
    cpe = read_part(found, where, "cpe", _require_cpe, cells.get("cpe", ""))
    by_cpe = _name_and_version(cpe) if cpe else ("", "")
    name = cells.get("product") or (purl.name if purl else "") or by_cpe[0]
    version = cells.get("version") or (purl.version or "" if purl else "") or by_cpe[1]
    if not name:
        return False
    found.add(where, Component(name, version, cells.get("vendor", ""), parts_of(purl), (cpe,) if cpe else ()))
    return True


def _name_and_version(cpe: str) -> tuple[str, str]:
    """As people read them; the product reads the whole name by itself."""
    parts = [part.replace("\\", "").replace("_", " ") for part in cpe.split(":")]
    at = 4 if cpe.lower().startswith("cpe:2.3:") else 3
    version = parts[at + 1] if len(parts) > at + 1 else ""
    return parts[at], "" if version in ("*", "-") else version


def _require_cpe(text: str) -> str:
    if text.count(":") < (4 if text.lower().startswith("cpe:2.3:") else 3 if text.lower().startswith("cpe:/") else 99):
        raise ValueError(f"{text} is no CPE name")
    return text
