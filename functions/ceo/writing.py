"""Writes today's brief: with the model's sentences where they pass the check, else by the book, in the same fire."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from ceo.posting import keep_pages, mail_brief
from company.brief import (
    Brief,
    BriefFacts,
    BriefOrigin,
    PageRejected,
    Sentences,
    gather_facts,
    html,
    text,
    write,
    write_with,
)
from company.brief.rows import KeptBrief
from company.errors import ToolError
from company.fire.fire import Fire
from company.fire.working import BOOK

MOST_PAGES = 2
"""That a model may write; after the last rejected one the book writes."""
NO_SENTENCES = "the model gave no sentences"


@dataclass(frozen=True)
class BriefSession:
    """What this fire's session has so far: why the book replaced the model, and the pages that were rejected."""

    by_book_because: str | None
    rejected: Sequence[str]


def facts_of(fire: Fire) -> BriefFacts:
    """All that today's brief may say."""
    zone, session = ZoneInfo(fire.settings.owner_timezone), _session(fire)
    origin = BriefOrigin(
        title=fire.vertical.title,
        zone=zone,
        slot=fire.event.schedule,
        due_at=fire.event.due_at,
        desk=fire.settings.desk,
        because=_because(fire, session),
        is_model_working=fire.worker == "model" and session.by_book_because is None,
    )
    return gather_facts(fire.brain, origin=origin, brief_date=_day(fire), until=fire.now)


def todays_brief(fire: Fire, sentences: Sentences | None) -> dict[str, int | str]:
    """Writes, keeps and mails it; ToolError lists what is wrong with the sentences. A brief that was sent stays."""
    before = kept_today(fire)
    if before and before.sent_at:
        return {**figures(before), "sent": 0}
    with_the_model = _with_the_model(fire, sentences) if sentences else None
    _keep(fire, *(with_the_model or _by_the_book(fire)))
    kept = kept_today(fire)
    assert kept is not None, "it was just written"
    keep_pages(fire, kept)
    return {**figures(kept), "sent": int(mail_brief(fire, kept))}


def kept_today(fire: Fire) -> KeptBrief | None:
    """Today's brief as the brain has it."""
    return fire.brain.row(KeptBrief, "read_brief", brief_date=_day(fire))


def figures(kept: KeptBrief) -> dict[str, int | str]:
    """A brief in figures: its length, the points that it passed, and whose sentences it has."""
    return {
        "brief_lines": kept.body.count("\n"),
        "checks_passed": kept.checklist.get("passed", 0),
        "by": kept.facts.get("by", BOOK),
    }


def _with_the_model(fire: Fire, sentences: Sentences) -> tuple[BriefFacts, Brief] | None:
    """None when the book writes: a model has two tries."""
    facts, rejected = facts_of(fire), len(_session(fire).rejected)
    if rejected >= MOST_PAGES:
        return None
    try:
        return facts.with_sentences(sentences), write_with(facts, sentences)
    except PageRejected as error:
        fire.learn("page_rejected", str(error)[:1000], faults=error.faults, sentences=sentences.model_dump())
        if rejected + 1 < MOST_PAGES:
            raise ToolError(f"The page is rejected. {error}. Fix that and call write_brief once more.") from error
        return None


def _by_the_book(fire: Fire) -> tuple[BriefFacts, Brief]:
    facts = facts_of(fire)
    if facts.origin.is_model_working:
        fire.brain.run(
            "book_replaced_part", session_id=fire.session_id, reason=f"the brief: {facts.origin.because}"[:300]
        )
    return facts, write(facts)


def _keep(fire: Fire, facts: BriefFacts, brief: Brief) -> None:
    origin, passed = facts.origin, sum(brief.checklist.values())
    kept = {"facts": facts.as_json(), "page": brief.page.as_json()}
    fire.brain.run(
        "write_brief",
        brief_date=facts.brief_date,
        covers_from=facts.since,
        covers_to=facts.until,
        subject=brief.subject,
        body=text.render(brief.page),
        html=html.render(brief.page, brief.subject),
        facts={**kept, "by": origin.worked_by, "because": origin.because},
        checklist={"points": dict(brief.checklist), "passed": passed, "of": len(brief.checklist)},
    )


def _because(fire: Fire, session: BriefSession) -> str:
    """Why the sentences are the book's; '' where no model was asked for any."""
    if fire.worker == "shadow":
        return ""
    if session.by_book_because or fire.worker != "model":
        return session.by_book_because or ""
    return f"the model's page was rejected: {session.rejected[-1]}" if session.rejected else NO_SENTENCES


def _session(fire: Fire) -> BriefSession:
    session = fire.brain.row(BriefSession, "my_session", session_id=fire.session_id)
    assert session is not None, "a fire has its session"
    return session


def _day(fire: Fire) -> date:
    return fire.event.due_at.astimezone(ZoneInfo(fire.settings.owner_timezone)).date()
