"""A word that no vocabulary had: what its letters say becomes a build task; else the owner says what it means."""

from company.fire.fire import Fire
from company.json_values import JsonObject
from company.owner.decisions import Decision
from company.pipeline.rows.evidence import evidence_of
from company.pipeline.rows.meanings import LEAVE, meaning_by_letters, seen_word, words_to_offer
from company.text.cleaning import visible
from company.text.wording import counted
from company.tools.decisions import ask_decision, note_decision_acted
from company.tools.tasks import file_task
from company.watch.finding_records import Finding


def answer_new_word(fire: Fire, finding: Finding) -> str:
    """A word is data until somebody says what it means."""
    facts = finding.evidence
    field, source, word = facts["field"], facts["source"], facts["word"]
    known = fire.vertical.source(source).vocabularies.get(field, ())
    if not known:
        return f"Kept as data. If it means something for the score, the reader of {source} learns it ({field})."
    if means := meaning_by_letters(known, word):
        return (
            f"Kept as data. It has the letters of {means}: task {_file(fire, source, field, word)} writes the change."
        )
    return f"Kept as data. {_ask(fire, finding, known)}"


def act_on_word(fire: Fire, decision: Decision) -> int:
    """The owner's word becomes a build task; how many were filed."""
    subject = decision.subject
    if "new_word" not in subject:
        return 0
    is_known = decision.answer in subject["known"]
    outcome = "it stays data and means nothing"
    if is_known:
        outcome = f"task {_file(fire, subject['source'], subject['field'], subject['new_word'])} writes the change"
    fire.use(note_decision_acted, decision_id=decision.id, outcome=outcome)
    return int(is_known)


def _ask(fire: Fire, finding: Finding, known: tuple[str, ...]) -> str:
    facts = finding.evidence
    field, source, word = facts["field"], facts["source"], visible(facts["word"])
    rows = f"{counted(facts.get('times') or 0, 'row')} of batch {facts['batch']}"
    offered = words_to_offer(known, facts["word"])
    asked = fire.use(
        ask_decision,
        fingerprint=f"word:{source}:{field}:{facts['word']}",
        question=f"What does {word!r} mean in {field} of {source}?",
        background=f"{rows} had it first; until then {field} was one of {', '.join(known)}",
        unknown="what its publisher means by it",
        options={
            **{one: f"its rows count as {one}, from the next edition on: a change of one line" for one in offered},
            LEAVE: "it stays data and means nothing for the score",
        },
        recommendation=LEAVE,
        default_option=LEAVE,
        finding_id=finding.id,
        subject={"source": source, "field": field, "new_word": facts["word"], "known": offered},
    )
    return f"The owner is asked: D-{asked.decision_id}." if asked.decision_id else "The owner is asked later."


def _file(fire: Fire, source: str, field: str, word: str) -> int:
    seen = seen_word(fire, source, field, word)
    payload: JsonObject = {"kind": "new_word", "source": source, "field": field, "word": word}
    if seen is not None:
        seen_in = {"raw_id": seen.raw_id, "rows_affected": seen.times, "evidence": evidence_of(fire, seen.raw_id)}
        payload = {**payload, **seen_in}
    filed = fire.use(
        file_task,
        mode="build",
        title=f"{source} has a new word in {field}: {visible(word)!r}",
        payload=payload,
        dedupe_key=f"word:{source}:{field}:{word}",
    )
    return filed.task_id
