"""What one pass over all scores writes: what is new, what moved, what is gone, and what each was before."""

from datetime import UTC, datetime

from tests.pipeline.works import Works, epss

LATER = "2026-03-11T12:55:00Z"


def test_one_pass_adds_changes_and_removes_and_keeps_what_was(works: Works) -> None:
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99", "CVE-2025-90003,0.1,0.5"))
    works.run("link", "score")
    before = {row["entity"]: row["score"] for row in works.rows("SELECT entity, score FROM company.scores")}
    works.brain.admin.execute("UPDATE company.streams SET max_drop = 1")
    works.brain.set_now(datetime(2026, 3, 11, 14, tzinfo=UTC))

    works.take_in("epss", epss("CVE-2025-90004,0.9,0.99", "CVE-2025-90001,0.1,0.5", at=LATER), LATER)
    works.run("link", "score")

    last = works.rows("SELECT looked_at, added, changed, removed FROM company.score_passes ORDER BY id DESC LIMIT 1")
    assert last == [{"looked_at": 2, "added": 1, "changed": 1, "removed": 1}]
    kept = works.rows("SELECT entity, old_score, new_score IS NULL AS is_gone FROM company.score_history")
    assert sorted((row["entity"], row["old_score"] == before[row["entity"]], row["is_gone"]) for row in kept) == [
        ("CVE-2025-90001", True, False),
        ("CVE-2025-90003", True, True),
    ]
