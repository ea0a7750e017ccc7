"""How build_worker drafts a change of an employee's page: one passage of it, and nothing of its front matter."""

from dataclasses import dataclass

from company.errors import ToolError
from company.fire.fire import Fire
from company.sandbox.diffs import make_diff
from company.sandbox.pages import page_file, page_in_force, split_page
from company.text.wording import counted
from company.tools import reading_tool


@dataclass(frozen=True)
class DraftedPage:
    """A unified diff of one employee's page."""

    diff: str


@reading_tool
def draft_page(fire: Fire, role: str, old: str, new: str) -> DraftedPage:
    """Drafts a change of one passage of an employee's page; read_page(key="SKILL_<ROLE>") shows its text.

    The test that you propose with it reads the page's text as the file page.md. Never your own page or your auditor's.
    Example: draft_page(role="data_worker", old="Say how many.", new="Say how many, and of which source.") gives
    {"diff": "--- a/data_worker/SKILL.md ..."}.
    """
    text = page_in_force(fire, role)
    front, body = split_page(text)
    if body.count(old) != 1 or not old.strip():
        raise ToolError(
            f"the passage is {counted(body.count(old), 'time')} in the page of {role}: name one that is there once"
        )
    return DraftedPage(make_diff(page_file(role), text, front + body.replace(old, new)))
