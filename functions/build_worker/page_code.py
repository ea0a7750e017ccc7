"""How build_worker reads modules that write customers' pages, tries the pages that wait, and drafts a change of one.

No fact of a customer is among what these tools give: places in the code, types of errors, and numbers.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from company.errors import CompanyError, ToolError
from company.fire.fire import Fire
from company.pipeline.delivering.replayed_pages import due_pages, packed
from company.sandbox import sandbox
from company.sandbox.diffs import files_of, make_diff
from company.sandbox.in_force import diffs_in_force, text_in_force
from company.sandbox.page_code import page_files
from company.text.wording import counted
from company.tools import by_need, reading_tool


@dataclass(frozen=True)
class PageCode:
    """A module that writes customers' pages, as it is in force: its file, as a change names it, and its text."""

    file: str
    text: str


@dataclass(frozen=True)
class DraftedPageCode:
    """A unified diff of such a module."""

    diff: str


@dataclass(frozen=True)
class FailingPlace:
    """Where the code fails with pages, and with how many."""

    file: str
    function: str
    line: int
    error: str
    pages: int


@dataclass(frozen=True)
class TriedPages:
    """How many pages are due, how many of them can be written, and where the code fails with the others."""

    pages: int
    written: int
    failing: Sequence[FailingPlace]


@by_need
@reading_tool
def read_page_code(fire: Fire, file: str) -> PageCode:
    """Gives a module that writes customers' pages from facts alone, as it is in force.

    Example: read_page_code(file="product/page/a.py") gives {"file": "product/page/a.py", "text": "..."}.
    """
    if file not in (known := page_files(fire)):
        raise ToolError(f"{file} is none of them: {', '.join(known) or 'the product names none'}")
    return PageCode(file, text_in_force(fire, file))


@by_need
@reading_tool
def try_page_code(fire: Fire, customer_ids: list[int], diff: str = "") -> TriedPages:
    """Writes what these customers are to get now, on a copy of the code in force, with your diff if you give one.

    Where a page cannot be written it says the place and the type of the error; no fact of a customer is shown.
    Example: try_page_code(customer_ids=[3], diff="") gives {"pages": 1, "written": 0, "failing": [{"file":
    "product/page/a.py", "function": "b", "line": 40, "error": "KeyError", "pages": 1}]}.
    """
    deliveries = fire.vertical.deliveries
    if deliveries is None:
        raise ToolError("this product delivers nothing")
    try:
        if diff and (others := set(files_of(diff)) - set(page_files(fire))):
            raise ToolError(f"{', '.join(sorted(others))}: only modules that write pages are tried so")
        pages = due_pages(fire, deliveries, customer_ids)
        with sandbox("company", fire.vertical.name, statements=fire.settings.sql_dir) as trial:
            for change in [*(one.diff for one in diffs_in_force(fire)), *([diff] if diff else [])]:
                trial.change(change)
            tried = trial.write(fire.vertical.name, packed(pages), list(pages), deliveries.change_key)
    except CompanyError as error:
        raise ToolError(str(error)) from error
    if not tried.is_ok:
        raise ToolError(f"the pages cannot be tried: {tried.message}")
    found = Counter(tuple(one["place"].items()) for one in tried.result.values() if "place" in one)
    failing = [FailingPlace(**dict(place), pages=times) for place, times in found.items()]
    return TriedPages(len(pages), len(pages) - sum(found.values()), failing)


@by_need
@reading_tool
def draft_page_code(fire: Fire, file: str, old: str, new: str) -> DraftedPageCode:
    """Drafts a change of one passage of a module that writes customers' pages; read_page_code shows its text.

    What can be written today stays the same to the byte, so no word of a page is changed by it. Your test makes facts
    of its own (company.vertical.Facts), and no customer's. Its owner is asked before it is deployed.
    Example: draft_page_code(file="product/page/a.py", old="row['b']", new="row.get('b')") gives {"diff": "--- a/..."}.
    """
    text = read_page_code(fire, file).text
    if text.count(old) != 1 or not old.strip():
        raise ToolError(f"the passage is {counted(text.count(old), 'time')} in {file}: name one that is there once")
    return DraftedPageCode(make_diff(file, text, text.replace(old, new)))
