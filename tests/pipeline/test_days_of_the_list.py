"""The day on which an entry joined the list: a publisher east of us is a day ahead."""

from patchfirst.reasons import reasons_of
from tests.pipeline.works import Works, kev, kev_entry


def test_an_entry_dated_tomorrow_counts_as_one_of_today(works: Works) -> None:
    both = (kev_entry(1, dateAdded="2026-03-12"), kev_entry(2, dateAdded="2026-03-11"))
    works.take_in("kev", kev(*both, at="2026-03-11T05:00:00Z"))
    works.run("link", "score")

    tomorrow, today = (
        {reason.part: reason for reason in reasons_of(works.brain.owner, [cve])[cve]}["added_lately"]
        for cve in ("CVE-2025-90001", "CVE-2025-90002")
    )

    assert (tomorrow.says, tomorrow.points) == ("added to the list today", today.points)
