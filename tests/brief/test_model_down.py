"""A model's endpoint that is down, on the page."""

from company.brief import text
from tests.brief.conftest import Write
from tests.support import days
from tests.support.acts import session_of
from tests.support.brains import TestBrain


def test_the_verdict_says_since_when_the_model_has_not_answered(brain: TestBrain, brief: Write) -> None:
    for role in ("data_manager", "research_manager"):
        down = {"model": "anthropic", "is_refusal": False, "why": "no answer within 2.5 s"}
        brain.as_role(role).run("note_model_down", session_id=session_of(brain, role), **down)
    brain.set_now(days.BRIEF_AT)

    page = brief().page

    assert page.verdict.startswith(
        "The model's endpoint has not answered since Wed 07:00: the company works by the book."
    )
    assert "One model endpoint is down." in page.verdict
    assert "no answer within 2.5 s" in text.render(page)
