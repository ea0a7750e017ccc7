"""The whole pipeline once: the sample's feeds, from the server to what two customers receive."""

import json
from datetime import UTC, datetime

from company.vertical import Edition
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works, adds_up

ROUND = ("scrape_kev", "scrape_epss", "check", "promote", "link", "score", "deliver")


def test_the_sample_runs_from_the_feeds_to_the_customers(works: Works, sample: list[Edition]) -> None:
    works.show(sample)
    works.open_for(*VERTICAL.customers)

    morning = works.run(*ROUND)
    works.brain.set_now(datetime(2026, 3, 11, 18, tzinfo=UTC))
    evening = works.run(*ROUND)

    assert [fire["outcome"] for fire in morning + evening] == ["done"] * 14
    batches = works.rows("SELECT * FROM company.batches ORDER BY id")
    assert all(adds_up(batch) and batch["status"] == "promoted" for batch in batches)
    assert [f["quarantined"] > 0 for f in batches] == [False, True, True, True]


def test_at_every_step_every_row_that_was_read_has_one_fate(works: Works, sample: list[Edition]) -> None:
    works.show(sample)

    for role in ("scrape_kev", "scrape_epss", "check", "promote"):
        works.run(role)
        assert all(adds_up(batch) for batch in works.rows("SELECT * FROM company.batches"))

    counts = works.brain.owner.all("pipeline_counts", since=datetime(2026, 3, 11, tzinfo=UTC), until=works.brain.now())
    assert [c["name"] for c in counts] == sorted(s.name for s in VERTICAL.sources if not s.is_optional)
    assert all(c["read"] == c["promoted"] + c["unchanged"] + c["quarantined"] + c["held"] for c in counts)


def test_a_round_with_nothing_new_reports_that_and_writes_nothing(works: Works, sample: list[Edition]) -> None:
    works.show(sample)
    works.open_for(*VERTICAL.customers)
    works.run(*ROUND)
    before = works.value("SELECT count(*) FROM company.batches")

    quiet = works.run(*ROUND)

    assert {fire["outcome"] for fire in quiet} == {"skipped"}
    assert all(fire["reason"] for fire in quiet)
    assert works.value("SELECT count(*) FROM company.batches") == before


def test_what_is_now_exploited_does_not_wait_for_the_morning(works: Works, sample: list[Edition]) -> None:
    works.show(sample)
    works.open_for(*VERTICAL.customers)
    works.run(*ROUND)

    works.brain.set_now(datetime(2026, 3, 11, 18, tzinfo=UTC))
    works.run(*ROUND)

    urgent = works.rows("SELECT * FROM company.deliveries WHERE occasion = 'important' ORDER BY id")
    assert [(d["kind"], d["status"]) for d in urgent] == [("brief", "sent"), ("feed", "sent")]
    assert all("now exploited" in d["subject"] for d in urgent)
    feed = works.cloud.client("s3").get_object(Bucket="works", Key=urgent[1]["s3_key"])
    assert json.loads(feed["Body"].read())["items"] == urgent[1]["items"] != []
