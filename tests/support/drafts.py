"""Drafts for tests: one scored thing, its facts, and the calls that change a draft's status."""

import json
from typing import Any

from tests.support.acts import session_of
from tests.support.brains import TestBrain

THING, SCORE = "X-1", "81.5"


def scored(brain: TestBrain, thing: str = THING, score: str = SCORE) -> None:
    """A thing that is scored, put there past every function: how scores are made is not tested here."""
    brain.as_login("migrate").execute(
        "INSERT INTO company.scores (entity, score, parts, model_version) VALUES (%s, %s, '{1}', 'v')"
        " ON CONFLICT (entity) DO UPDATE SET score = excluded.score",
        (thing, score),
    )


def fact(value: str = SCORE, **other: str) -> dict[str, str]:
    return {"source": "scores", "key": THING, "field": "score", "value": value, **other}


def write_draft(brain: TestBrain, role: str = "content_worker", **given: Any) -> int:
    """A true post about the thing, unless the test gives other fields."""
    draft = {"kind": "post", "topic": "t", "title": f"On {THING}", "body": f"{THING} scores {SCORE}.", **given}
    facts = json.dumps(draft.pop("facts", [fact()]))
    session = given_session(brain, role)
    return int(brain.as_role(role).value("write_draft", session_id=session, facts=facts, task_id=None, **draft))


def judge(brain: TestBrain, draft: int, verdict: str = "audited", role: str = "content_auditor") -> None:
    session = given_session(brain, role)
    brain.as_role(role).run(
        "judge_draft", session_id=session, draft_id=draft, verdict=verdict, reason="looked at every fact"
    )


def publish(brain: TestBrain, draft: int, role: str = "publish") -> None:
    """The last step alone, with an outbox entry recorded before it."""
    session = given_session(brain, role)
    recorder = session if role == "publish" else given_session(brain, "publish")
    entry = sent_entry(brain, "publish", draft, recorder)
    brain.as_role(role).run("publish_draft", session_id=session, draft_id=draft, slug=f"s{draft}", outbox_id=entry)


def sent_entry(brain: TestBrain, action: str, draft: int, session: int) -> int:
    """The outbox entry of publish about a draft, recorded and confirmed; an earlier one stays as it is."""
    brain.owner.run("set_approval", action=action, level="open")
    act = brain.as_role("publish").one(
        "record_outbox_entry",
        action=action,
        dedupe_key=f"{action}:{draft}",
        to_whom="a page",
        subject="",
        payload={"draft": draft},
        content_sha256=None,
        session_id=session,
    )
    assert act is not None
    if act["status"] == "recorded":
        ended = {"session_id": session, "was_sent": True, "receipt": "etag"}
        brain.as_role("publish").run("confirm_outbox_entry", outbox_id=act["outbox_id"], **ended)
    return int(act["outbox_id"])


def draft_row(brain: TestBrain, draft: int) -> dict[str, Any]:
    [row] = brain.sql("owner", "SELECT * FROM company.drafts WHERE id = %(id)s", id=draft)
    return row


def given_session(brain: TestBrain, role: str) -> int:
    """A new session for each call: a minute later, so that it has another slot."""
    brain.wait(minutes=1)
    return session_of(brain, role, request_id=f"{role}-{brain.now()}")
