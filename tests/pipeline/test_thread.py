"""One true thread: the sample's feeds, hour by hour, to what two customers receive."""

from datetime import UTC, datetime

from company.vertical import Edition
from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works, adds_up

ROUND = ("scrape_kev", "scrape_epss", "check", "promote", "link", "score", "deliver")


def test_the_sample_runs_from_the_feeds_to_the_customers(works: Works, sample: list[Edition]) -> None:
    works.server._editions = tuple(sample)
    works.brain.owner.run("set_outward_act", act="deliver", stands_at="open")
    for customer in VERTICAL.customers:
        works.brain.owner.run("add_customer", **{**vars(customer), "filters": dict(customer.filters)})

    first = works.run(*ROUND)
    works.brain.set_now(datetime(2026, 3, 11, 18, tzinfo=UTC))
    second = works.run(*ROUND)

    for f in first + second:
        print(f)
    for d in works.rows("SELECT * FROM company.deliveries ORDER BY id"):
        print(d["subject"], d["status"], d["reason"]); print(d["body"])
    for d in works.rows("SELECT * FROM company.task_queue"): print(d["title"], d["payload"])
    for d in works.rows("SELECT source, row_no, reason, raw FROM company.quarantine LIMIT 30"): print(d)
    for d in works.rows("SELECT * FROM company.batch_checks WHERE NOT is_ok"): print(d)
    assert [f["outcome"] for f in first + second] == ["done"] * 14
    assert all(adds_up(batch) for batch in works.rows("SELECT * FROM company.batches"))
