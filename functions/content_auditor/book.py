"""content_auditor by the book: looks up every fact of every waiting draft where the draft says that it is."""

from collections.abc import Sequence
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tasks import waiting_for
from company.text.wording import counted
from company.tools.audits import record_audit
from company.tools.findings import open_finding
from company.watch.watching import answer_findings, answer_remaining
from content_auditor.tools import (
    TEXT,
    DraftToJudge,
    FalseFact,
    Verdict,
    drafts_to_judge,
    false_facts,
    item_of,
    judge_draft,
)

RESERVE_SECONDS = 30


def preflight(fire: Fire) -> str | None:
    """A reason to skip: no draft waits, and no finding or mail."""
    waiting = waiting_for(fire)
    if waiting.is_any or fire.brain.all("drafts_to_judge", limit=1):
        return None
    return "no draft waits for a verdict"


def work(fire: Fire) -> Outcome:
    """Judges what waits; a draft not reached in time waits for the next fire."""
    watched = answer_findings(fire)
    drafts = fire.use(drafts_to_judge)
    tried = each(fire, "drafts", drafts, partial(judge_in_time, fire), name=lambda draft: f"draft {draft.id}")
    judged = [figures for figures in tried if figures is not None]
    sampled, differing = (sum(part[n] for part in judged) for n in (0, 1))
    rejected = sum(wrong > 0 for _, wrong in judged)
    note = f"{counted(len(judged), 'draft')} judged, {rejected} rejected; "
    note += f"{counted(sampled, 'fact')} looked up, {differing} false."
    evidence = {"drafts": len(judged), "rejected": rejected, "sampled": sampled, "differing": differing}
    return Done(evidence | watched.evidence, note=note if judged else "")


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on the model: findings that still wait are answered."""
    return answer_remaining(fire)


def judge_in_time(fire: Fire, draft: DraftToJudge) -> tuple[int, int] | None:
    """The same; None for a draft that is not reached in time."""
    return judge_one(fire, draft) if fire.budget.seconds_left() > RESERVE_SECONDS else None


def judge_one(fire: Fire, draft: DraftToJudge) -> tuple[int, int]:
    """Gives how many facts were looked up, and how many are false. The audit is recorded before the verdict."""
    facts = list(dict.fromkeys(item_of(fact) for fact in draft.facts))
    wrong = fire.use(false_facts, draft_id=draft.id)
    recorded = fire.use(
        record_audit,
        what="every fact and the text looked up",
        subject=f"draft {draft.id}",
        whose=draft.written_by,
        looked_at=[*facts, TEXT],
        differences=[vars(fact) for fact in wrong],
        is_all=True,
    )
    verdict: Verdict = "rejected" if wrong else "audited"
    reason = (
        first_of(wrong)
        if wrong
        else f"{counted(len(facts), 'fact is right, and its text says it', 'facts are right, and its text says them')}"
    )
    fire.use(judge_draft, draft_id=draft.id, verdict=verdict, reason=reason)
    if recorded.report:
        report_false_facts(fire, draft, reason, wrong)
    return len(facts), len(wrong)


def first_of(wrong: Sequence[FalseFact]) -> str:
    """'scores a score: the draft says 99.9, in force is 71.2; and 2 more'."""
    fact, more = wrong[0], len(wrong) - 1
    found = "nothing" if fact.found is None else fact.found
    in_force = f"the draft says {fact.expected}, in force is {found}"
    text = f"{fact.item}: {found if fact.item == TEXT else in_force}"
    return f"{text}; and {more} more" if more else text


def report_false_facts(fire: Fire, draft: DraftToJudge, reason: str, wrong: Sequence[FalseFact]) -> None:
    """The editor has it written again; customers notice nothing, so it stays out of the brief."""
    fire.use(
        open_finding,
        fingerprint=f"false_fact:{draft.id}",
        kind="false_fact",
        subject=f"draft {draft.id}",
        title=f"draft {draft.id} was rejected: {reason}",
        watcher=fire.record.reports_to,
        level="log",
        effect="the post waits; nothing false was published",
        evidence={"topic": draft.topic, "false": len(wrong), "first": vars(wrong[0])},
        accused=draft.written_by,
    )


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
