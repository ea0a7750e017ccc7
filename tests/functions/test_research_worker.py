"""research_worker: the product's studies, run on what is in force and on what was known then."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from company.fire.fire import Fire
from company.outcomes import Done, Outcome
from tests.functions.office import Office
from tests.functions.workshop import missed_by_us, tried_weights
from tests.pipeline.works import epss, kev, kev_entry
from tests.support.brains import run_sql
from tests.support.drafts import given_session
from tests.support.messages_api import Body
from tests.support.refusals import refused

DAY = datetime(2026, 3, 11)


def _entries(vendor: str, count: int, first: int, days_ago: int) -> list[dict[str, object]]:
    added = (DAY - timedelta(days=days_ago)).date().isoformat()
    return [kev_entry(first + n, vendorProject=vendor, dateAdded=added) for n in range(count)]


def _take_in(office: Office) -> None:
    """Two vendors with five old entries each; one of them has six new ones."""
    old = [*_entries("Quillstone", 5, 0, 400), *_entries("Vellmora", 5, 10, 400)]
    office.works.take_in("kev", kev(*old, *_entries("Vellmora", 6, 20, 10)))
    office.works.run("link", "score")


def _asked(office: Office, study: str) -> list[dict[str, Any]]:
    session = given_session(office.works.brain, "research_worker")
    return office.works.brain.as_role("research_worker").all("run_study", session_id=session, study=study)


def test_a_vendor_with_rising_entries_is_proposed_with_its_numbers(office: Office) -> None:
    _take_in(office)

    answer = office.run("research_worker")

    assert (answer["evidence"]["studies"], answer["evidence"]["proposals"]) == (3, 1)
    [proposal] = office.rows("SELECT study, subject, title, numbers, looked_at FROM company.proposals")
    assert (proposal["study"], proposal["subject"], proposal["looked_at"]) == ("rising_vendors", "Vellmora", 2)
    assert proposal["numbers"] == {"recent": 6, "expected": 0.41, "times": 12}
    assert proposal["title"] == "Vellmora: 6 entries added to KEV in 60 days where 0.41 were usual"


def test_the_same_pattern_is_not_proposed_again_tomorrow(office: Office) -> None:
    _take_in(office)
    office.run("research_worker")

    answer = office.run("research_worker", days=1)

    assert (answer["evidence"]["proposals"], answer["evidence"]["known"]) == (0, 1)


def _miss_one_of_two(office: Office) -> None:
    """Two of 1,200 become known exploited; one of them stood below place 1,000."""
    lines = [f"CVE-2025-{91199 - n},{0.9 - n / 2000:.4f},0.5" for n in range(1200)]
    listed = [kev_entry(1199 - n, dateAdded="2020-01-01") for n in range(5)]
    office.works.take_in("epss", epss(*lines), at="2026-03-10T12:55:00Z")
    office.works.take_in("kev", kev(*listed))
    office.works.run("link", "score")
    came = [kev_entry(1199 - place, dateAdded="2026-03-10") for place in (1004, 1150)]
    office.works.take_in("kev", kev(*listed, *came, at="2026-03-10T18:00:00Z"))
    office.works.run("link", "score")


def test_a_miss_is_judged_by_the_order_of_the_day_before(office: Office) -> None:
    """The known exploited are no candidates: they would fill the first places, and everything else would be a miss."""
    _miss_one_of_two(office)

    office.run("research_worker")

    [miss] = office.rows("SELECT title, numbers FROM company.proposals WHERE study = 'score_misses'")
    assert (miss["numbers"]["came"], miss["numbers"]["missed"], miss["numbers"]["share"]) == (2, 1, 0.5)
    assert miss["title"].startswith("1 of 2 CVEs that became known exploited")


def test_the_next_days_week_of_misses_is_no_new_pattern(office: Office) -> None:
    _miss_one_of_two(office)
    office.run("research_worker")

    answer = office.run("research_worker", days=1)

    titles = office.rows("SELECT title FROM company.backtests WHERE study = 'score_misses' ORDER BY id")
    assert [" in 4 Mar to 11 Mar " in row["title"] for row in titles] == [True, False]
    assert answer["evidence"]["proposals"] == 0
    assert office.value("SELECT count(*) FROM company.proposals WHERE study = 'score_misses'") == 1


def test_each_source_is_weighed_by_what_the_top_would_be_without_it(office: Office) -> None:
    """What is listed leads in any case; its feed is weighed by the neighbours that it lifts among what is not."""
    lines = [f"CVE-2025-{90000 + n},0.01,0.5" for n in range(150)]
    office.works.take_in("epss", epss(*lines), at="2026-03-10T12:55:00Z")
    office.works.take_in("kev", kev(*(kev_entry(n) for n in range(30))))
    office.works.run("link", "score")

    rows = {row["subject"]: row["numbers"] for row in _asked(office, "marginal_sources")}

    # Twelve of the first hundred stand there for their listed neighbours. EPSS says the same of all, so that without it
    # only the rounding of a score to a tenth moves one of them.
    assert (rows["kev"]["top"], rows["kev"]["replaceable"], rows["epss"]["replaceable"]) == (100, 88, 99)
    thirteen = "SELECT patchfirst.require_parts_written_out(array_fill('x'::text, ARRAY[13]))"
    with refused("a_study_adds_up_all_parts"):
        run_sql(office.works.brain.as_login("migrate"), thirteen)


def test_a_task_to_measure_again_gives_the_numbers_of_then_and_now(office: Office) -> None:
    _take_in(office)
    payload = {"kind": "measure_again", "study": "rising_vendors", "subject": "Vellmora", "numbers": {"recent": 3}}
    filed = {"mode": "research", "title": "again", "payload": payload, "priority": 5, "dedupe_key": None}
    office.works.brain.as_role("research_manager").one("file_task", **filed, not_before=None)

    office.run("research_worker")

    [task] = office.rows("SELECT status, result FROM company.task_queue WHERE mode = 'research'")
    assert task["status"] == "complete"
    assert task["result"]["showed"] == "Vellmora: recent 3 then, 6 now"


def test_a_day_without_data_is_noted_with_how_much_was_looked_at(office: Office) -> None:
    answer = office.run("research_worker")

    assert answer["outcome"] == "done"
    assert (answer["evidence"]["looked_at"], answer["evidence"]["proposals"]) == (0, 0)


def test_a_rule_is_tried_on_earlier_moments_by_what_came_after(office: Office) -> None:
    """Sixty days ago both had risen; one rose further, the other did not."""
    went_on = [*_entries("Vellmora", 4, 0, 90), *_entries("Vellmora", 3, 10, 30)]
    office.works.take_in("kev", kev(*_entries("Old", 1, 40, 400), *went_on, *_entries("Quillstone", 4, 20, 90)))

    [row] = [row for row in _asked(office, "rising_vendors") if row["subject"] == "Vellmora"]

    assert row["past"] == {"moments": 5, "calls": 2, "held": 1}


def test_other_weights_are_tried_on_the_parts_as_they_were_before(office: Office) -> None:
    missed_by_us(office)

    tried = tried_weights(office, epss_place=0, neighbours=50)

    # With today's parts it would be no candidate: it is on the list by now.
    assert (tried["numbers"]["came"], tried["numbers"]["ours_1000"], tried["numbers"]["tried_1000"]) == (1, 0, 1)
    assert tried["past"] == {"moments": 2, "calls": 1, "held": 1}
    assert (tried["weights"]["epss_place"], tried["weights"]["known_exploited"]) == (0, 38)


@pytest.mark.parametrize(
    ("weights", "rule"),
    [
        ({"luck": 5}, "weights_are_of_the_models_parts"),
        ({"epss_place": -1}, "weights_are_of_the_models_parts"),
        ({"epss_place": "lots"}, "weights_are_of_the_models_parts"),
        ({"epss_place": 12.9}, "tried_weights_differ"),
    ],
    ids=["no part", "negative", "no number", "those in force"],
)
def test_only_other_weights_of_the_models_own_parts_aretried_weights(office: Office, weights: Body, rule: str) -> None:
    office.works.take_in("epss", epss("CVE-2025-90000,0.5,0.5"), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")

    with refused(rule):
        tried_weights(office, **weights)


def test_weights_are_tried_on_nothing_less_than_a_week_of_scores(office: Office) -> None:
    with refused("weights_are_tried_on_what_was_scored"):
        tried_weights(office, epss_place=5)
    office.works.take_in("epss", epss("CVE-2025-90000,0.5,0.5"), at="2026-03-10T12:55:00Z")
    office.works.run("link", "score")

    with refused("weights_are_tried_on_what_was_scored"):
        tried_weights(office, epss_place=5)


def test_the_weights_that_are_listed_are_those_of_the_last_scores(office: Office) -> None:
    _take_in(office)
    office.works.brain.admin.execute("ALTER TABLE company.score_models DISABLE TRIGGER USER")
    office.works.brain.admin.execute("UPDATE company.score_models SET weights[1] = 39")
    listed: list[Any] = []

    def work(fire: Fire) -> Outcome:
        listed.extend(fire.use_named("list_studies", {}))
        return Done({"studies": len(listed)})

    office.works.brain.wait(minutes=1)
    office.works.fire("research_worker", work, cloud=office.works.cloud, bucket="works", request_id="lists")

    assert [study["weights"]["known_exploited"] for study in listed if study["is_of_weights"]] == [39]
