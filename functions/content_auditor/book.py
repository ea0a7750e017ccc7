"""content_auditor by the book: every fact of every waiting draft, looked up where it says it stands."""

from typing import Any

from company.fire.fire import Fire
from company.fire.role import RoleCode
from company.outcomes import Done, Outcome
from company.tools.audits import record_audit
from company.tools.findings import open_finding
from company.watch.watching import answer_findings, answer_remaining
from company.wording import counted
from content_auditor.tools import DraftVerdict, drafts_to_judge, false_facts, judge_draft

RESERVE_SECONDS = 30


def preflight(fire: Fire) -> str | None:
    """A reason to rest: no draft waits, and no finding or mail."""
    waiting = fire.brain.one("waiting_for_me") or {}
    if any(waiting.values()) or fire.brain.all("drafts_to_judge", limit=1):
        return None
    return "no draft waits for a verdict"


def work(fire: Fire) -> Outcome:
    """Judges what waits; a draft not reached in time waits for the next fire."""
    watched = answer_findings(fire)
    judged = [
        judge_one(fire, draft) for draft in fire.use(drafts_to_judge) if fire.budget.seconds_left() > RESERVE_SECONDS
    ]
    sampled, differing = (sum(part[n] for part in judged) for n in (0, 1))
    rejected = sum(wrong > 0 for _, wrong in judged)
    drafts, facts = counted(len(judged), "draft"), counted(sampled, "fact")
    note = f"{drafts} judged, {rejected} rejected; {facts} looked up, {differing} false."
    evidence = {"drafts": len(judged), "rejected": rejected, "sampled": sampled, "differing": differing}
    return Done(evidence | watched.evidence, note=note if judged else "")


def duties(fire: Fire, _: Done) -> dict[str, int]:
    """What must not depend on whoever thinks: findings that still wait are answered."""
    return answer_remaining(fire)


def judge_one(fire: Fire, draft: dict[str, Any]) -> tuple[int, int]:
    """One draft: facts looked up, facts false. The audit is recorded before the verdict is given."""
    looked_at = list(dict.fromkeys(f"{f['source']} {f['key']} {f['field']}" for f in draft["facts"]))
    wrong = fire.use(false_facts, draft_id=draft["id"])
    fire.use(
        record_audit,
        what="every fact looked up",
        subject=f"draft {draft['id']}",
        whose=draft["written_by"],
        looked_at=looked_at,
        differences=wrong,
    )
    verdict: DraftVerdict = "rejected" if wrong else "audited"
    reason = first_of(wrong) if wrong else f"{counted(len(looked_at), 'fact')} are so"
    fire.use(judge_draft, draft_id=draft["id"], verdict=verdict, reason=reason)
    if wrong:
        report_false_facts(fire, draft, reason, wrong)
    return len(looked_at), len(wrong)


def first_of(wrong: list[dict[str, Any]]) -> str:
    """'scores a score: the draft says 99.9, in force is 71.2; and 2 more'."""
    item, more = wrong[0], len(wrong) - 1
    found = "nothing" if item["found"] is None else item["found"]
    told = f"{item['item']}: the draft says {item['expected']}, in force is {found}"
    return f"{told}; and {more} more" if more else told


def report_false_facts(fire: Fire, draft: dict[str, Any], reason: str, wrong: list[dict[str, Any]]) -> None:
    """The editor hears of it and has it written again; customers notice nothing, so it stays out of the brief."""
    fire.use(
        open_finding,
        fingerprint=f"false_fact:{draft['id']}",
        kind="false_fact",
        subject=f"draft {draft['id']}",
        title=f"draft {draft['id']} was rejected: {reason}",
        watcher=fire.record.reports_to,
        level="log",
        effect="the post waits; nothing false left the house",
        evidence={"topic": draft["topic"], "false": len(wrong), "first": wrong[0]},
        accused=draft["written_by"],
    )


ROLE = RoleCode(work=work, preflight=preflight, duties=duties)
