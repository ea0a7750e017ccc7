"""content_manager: a quiet desk is reported in figures, and the queue holds nothing that nobody drafts."""

from tests.functions.office import Office
from tests.support.acts import task_fields


def test_a_quiet_queue_is_reported_in_figures(office: Office) -> None:
    office.run("content_manager")

    note = office.value("SELECT body FROM company.inbox WHERE from_role = 'content_manager' AND kind = 'note'")
    assert note.startswith("nothing changed; next: content_worker writes ")


def test_the_task_of_a_topic_that_the_product_no_longer_has_is_stale(office: Office) -> None:
    payload = {"kind": "draft", "topic": "the weather"}
    office.works.brain.as_role("content_manager").one(
        "file_task", mode="content", title="Draft the weather", **task_fields(payload=payload)
    )

    answer = office.run("content_manager")

    assert answer["evidence"]["stale_tasks"] == 1
    assert office.value("SELECT status FROM company.task_queue WHERE title = 'Draft the weather'") == "stale"
