"""Reports each word that a field's vocabulary did not have: one finding per word, for a day, and never again."""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.text.cleaning import visible
from company.watch.findings import MyFinding, close_finding, open_finding

KIND = "new_word"
REPORTED_FOR = timedelta(hours=25)
"""So that one brief has it."""


@dataclass(frozen=True)
class NewWord:
    """One word that no finding has reported yet, and the first batch that brought it."""

    source: str
    field: str
    word: str
    batch_id: int
    times: int
    fingerprint: str


def report_new_words(fire: Fire) -> None:
    """Opens a finding of level brief for each word that has none, and closes those of yesterday."""
    new = fire.brain.rows(NewWord, "new_words_to_report")
    each(fire, "new words", new, partial(_report, fire), name=lambda word: word.fingerprint)
    over = fire.brain.rows(MyFinding, "reported_new_words", before=fire.now - REPORTED_FOR)
    each(fire, "reported words", over, partial(_close, fire), name=lambda finding: f"F-{finding.id}")


def _report(fire: Fire, new: NewWord) -> None:
    open_finding(
        fire.brain,
        fingerprint=new.fingerprint,
        kind=KIND,
        subject=new.source,
        level="brief",
        title=f"{new.source} has a new word in {new.field}: {visible(new.word)!r}",
        effect="it is kept as data, and means nothing to us until the reader learns it",
        evidence={
            "source": new.source,
            "field": new.field,
            "word": new.word,
            "batch": new.batch_id,
            "times": new.times,
        },
        watcher=fire.record.reports_to,
    )


def _close(fire: Fire, finding: MyFinding) -> None:
    close_finding(fire.brain, finding.id, "reported for a day; the word stays in company.new_words")
