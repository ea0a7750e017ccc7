"""Columns that come to a stream later: its tables, what was known at a moment, and what may be staged."""

from tests.support.brains import TestBrain


def test_columns_stand_after_the_others_in_every_table_and_are_known_at_a_moment(brain: TestBrain) -> None:
    brain.admin.execute("SELECT company.add_stream_columns('kev', ARRAY['severity real ~ 0.1', 'tags text[]'])")
    brain.admin.execute("SELECT company.protect_stream('kev')")

    stream = brain.sql("owner", "SELECT value_columns, tolerances FROM company.streams WHERE source = 'kev'")[0]
    tables = brain.sql(
        "owner",
        "SELECT count(*) AS n FROM information_schema.columns WHERE table_schema = 'patchfirst'"
        " AND table_name LIKE 'kev%' AND column_name IN ('severity', 'tags')",
    )
    assert stream["value_columns"][-2:] == ["severity", "tags"]
    assert [round(t, 2) if t else t for t in stream["tolerances"][-2:]] == [0.1, None]
    assert tables[0]["n"] == 6
    assert brain.sql("owner", "SELECT * FROM patchfirst.kev_known_at(company.now())") == []
