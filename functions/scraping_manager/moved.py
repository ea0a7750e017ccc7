"""An address that has moved: a build task where its answers show a home that may be followed, else a question."""

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner.decisions import Decision
from company.pipeline.asking.redirects import HIDDEN
from company.pipeline.rows.evidence import evidence_of
from company.text.wording import counted, day_and_time
from company.tools.decisions import ask_decision, note_decision_acted
from company.tools.tasks import file_task
from company.watch.finding_records import Finding
from scraping_manager.tools import last_task_about

FOLLOW = "follow"
NOT_YET = "Nothing has been read from there yet; asked again on schedule."


def answer_moved(fire: Fire, finding: Finding) -> str:
    """What the address answered, and what follows from it."""
    facts = finding.evidence
    since = day_and_time(facts["first_at"], fire.settings.owner_timezone, fire.now)
    said = f"{facts['old']} answered {counted(facts['answers'], 'time')} in a row since {since}: {facts['said']}."
    if facts["doubt"]:
        return f"{said} Not followed: {facts['doubt']}. {_ask(fire, finding)}"
    return f"{said} {_have_written(fire, facts) if facts['raw_id'] else NOT_YET}"


def act_on_address(fire: Fire, decision: Decision) -> int:
    """The owner's yes to a new address becomes a build task; how many were filed."""
    subject = decision.subject
    if "moved_to" not in subject:
        return 0
    outcome, is_followed = "left as it is", decision.answer == FOLLOW
    if is_followed:
        facts = {"source": subject["source"], "old": subject["moved_from"], "new": subject["moved_to"], "raw_id": None}
        outcome = f"task {_file(fire, {**facts, 'decision': decision.id})} writes the change"
    fire.use(note_decision_acted, decision_id=decision.id, outcome=outcome)
    return int(is_followed)


def _ask(fire: Fire, finding: Finding) -> str:
    """Only a home that is known can be followed; of any other the owner reads what she can do."""
    facts = finding.evidence
    setting = f"FEED_{facts['source'].upper()}_URL"
    if facts["new"] and not facts["new"].endswith(HIDDEN):
        asked = fire.use(
            ask_decision,
            fingerprint=f"follow:{facts['source']}:{facts['old']}",
            question="Ask it there?",  # the brain words it, from the subject
            background=f"{facts['old']} answered {counted(facts['answers'], 'time')} in a row: {facts['said']}",
            unknown="whether the new address is the publisher's",
            options={
                FOLLOW: f"a change of one line, by which {facts['new']} is asked, with the source's key if it has one",
                "no": f"it is not asked there; set {setting} for another address",
            },
            recommendation="no",
            default_option="no",
            finding_id=finding.id,
            subject={
                "source": facts["source"],
                "moved_from": facts["old"],
                "moved_to": facts["new"],
                "acts_on": FOLLOW,
            },
        )
        return f"The owner is asked: D-{asked.decision_id}." if asked.decision_id else "The owner is asked later."
    return f"Set {setting} to an address that answers."


def _have_written(fire: Fire, facts: JsonObject) -> str:
    last = fire.use(last_task_about, dedupe_key=_key(facts))
    if last is not None and last.status not in ("failed", "stale"):
        return f"Task {last.id}: {last.showed or last.status}."
    return f"Task {_file(fire, facts)} writes the change."


def _key(facts: JsonObject) -> str:
    return f"address:{facts['source']}:{facts['old']}"


def _file(fire: Fire, facts: JsonObject) -> int:
    filed = fire.use(
        file_task,
        mode="build",
        title=f"{facts['source']} is at another address: {facts['new']}",
        payload={
            "kind": "address_moved",
            **facts,
            **({"evidence": evidence_of(fire, facts["raw_id"])} if facts["raw_id"] else {}),
        },
        dedupe_key=_key(facts),
    )
    return filed.task_id
