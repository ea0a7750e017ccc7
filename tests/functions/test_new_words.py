"""A word that no vocabulary had: its letters, or the owner's answer, become one line that is proved; nothing else."""

import json

import pytest

from company.pipeline.rows.meanings import meaning_by_letters, words_to_offer
from tests.functions.office import Office
from tests.functions.workshop import build_task, change, edition, list_with, tamper, verdicts

FLAG = "knownRansomwareCampaignUse"


def _send(office: Office, word: str, entries: int = 7) -> None:
    """An edition in force of which some entries have a new word."""
    office.works.take_in("kev", edition(17))
    document = json.loads(edition(18))
    for entry in document["vulnerabilities"][:entries]:
        entry[FLAG] = word
    office.works.take_in("kev", json.dumps(document).encode(), at="2026-03-10T18:00:00Z")


def test_a_word_with_the_letters_of_a_known_one_becomes_a_line_that_is_proved(office: Office) -> None:
    _send(office, "Known.")
    office.run("data_manager")
    payload = build_task(office)["payload"]
    assert (payload["kind"], payload["rows_affected"], len(payload["evidence"]["sha256"])) == ("new_word", 7, 64)

    office.run("build_worker")
    office.run("build_auditor")
    written = change(office)

    added = [line for line in written["diff"].splitlines() if line[:1] in "+-"][2:]
    assert added == [f'+_words = ["{FLAG}: Known. = known"]']
    assert written["status"] == "proved", written["verdict"]
    assert written["evidence"]["rows_differing"] == 7
    assert "the word changes document-2 (CVE-2025-90000" in written["verdict"]


def test_a_word_that_says_nothing_is_one_question_and_its_answer_becomes_the_line(office: Office) -> None:
    _send(office, "Suspected")
    office.run("data_manager")
    office.run("data_manager")

    [asked] = office.rows("SELECT * FROM company.decisions")
    assert asked["question"] == f"What does 'Suspected' mean in {FLAG} of kev?"
    assert "7 rows of batch" in asked["background"]
    assert (set(asked["options"]), asked["default_option"]) == ({"known", "unknown", "leave it"}, "leave it")
    assert office.rows("SELECT FROM company.task_queue WHERE mode = 'build'") == []

    office.answer("known")
    office.run("data_manager")
    office.run("build_worker")

    assert f'+_words = ["{FLAG}: Suspected = known"]' in change(office)["diff"]


def test_a_word_that_is_left_stays_data(office: Office) -> None:
    _send(office, "Suspected")
    office.run("data_manager")
    office.answer("leave it")

    office.run("data_manager")

    assert office.rows("SELECT FROM company.task_queue WHERE mode = 'build'") == []
    assert office.value("SELECT outcome FROM company.decisions") == "it stays data and means nothing"


def test_a_meaning_that_nobody_gave_is_refused_and_never_run(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another meaning than the letters', a word that never came, two words, a known word turned round."""
    monkeypatch.setattr("build_auditor.book.RESERVE_SECONDS", 20.0)
    monkeypatch.setattr("build_auditor.trial.sandbox", lambda *_: pytest.fail("it was run"))
    _send(office, "Known.")
    office.run("data_manager")
    lines = [
        f'_words = ["{FLAG}: Known. = unknown"]',
        f'_words = ["{FLAG}: Suspected = known"]',
        f'_words = ["{FLAG}: Known. = known", "{FLAG}: Unknown = known"]',
        f'_words = ["{FLAG}: Unknown = known"]',
        f'_words = ["{FLAG}: Known. = known"]\n_spelled = ["dateAdded: day/month/year"]',
    ]
    tamper(office, *map(list_with, lines))

    assert office.run("build_auditor")["evidence"]["refused"] == len(lines)
    assert all("what it says is not shown" in verdict for verdict in verdicts(office)), verdicts(office)


@pytest.mark.parametrize(
    ("word", "means"),
    [("PoC", "poc"), ("p.o.c", "poc"), ("Active!", "active"), ("actively", None), ("", None), ("---", None)],
)
def test_letters_decide_and_nothing_that_is_only_near(word: str, means: str | None) -> None:
    assert meaning_by_letters(("none", "poc", "active"), word) == means


def test_of_many_words_the_nearest_are_offered() -> None:
    known = ("Received", "Awaiting Analysis", "Undergoing Analysis", "Analyzed", "Modified", "Rejected", "Deferred")

    offered = words_to_offer(known, "Reanalyzed")

    assert (len(offered), "Analyzed" in offered) == (5, True)
