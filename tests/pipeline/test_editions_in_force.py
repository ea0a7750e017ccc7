"""Editions whose rows are all in force: known by a digest, which speaks only until anything is written."""

from tests.pipeline.works import Works, adds_up, epss, kev, kev_entry, kev_of

FIRST = kev_of(300)


def _ransomware(works: Works) -> dict[str, bool]:
    return {row["cve"]: row["ransomware"] for row in works.rows("SELECT cve, ransomware FROM patchfirst.kev")}


def _wrong_by_hand(works: Works, *, past_the_triggers: bool) -> None:
    """Somebody with every right writes one value in force."""
    with works.brain.admin as past_every_rule:
        if past_the_triggers:
            past_every_rule.execute("SET session_replication_role = replica")
        past_every_rule.execute("UPDATE patchfirst.kev SET ransomware = true WHERE cve = 'CVE-2025-90007'")


def _later(hour: int) -> str:
    return f"2026-03-11T{hour:02}:00:00.1234Z"


def test_an_edition_that_is_in_force_by_its_digest_is_not_compared(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.take_in("kev", kev_of(300, _later(6)))
    _wrong_by_hand(works, past_the_triggers=True)

    batch = works.take_in("kev", kev_of(300, _later(7)))

    assert (batch["promoted"], batch["unchanged"], adds_up(batch)) == (0, 300, True)
    assert _ransomware(works)["CVE-2025-90007"] is True


def test_what_is_written_by_hand_is_compared_with_the_next_edition(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.take_in("kev", kev_of(300, _later(6)))
    _wrong_by_hand(works, past_the_triggers=False)

    batch = works.take_in("kev", kev_of(300, _later(7)))

    assert (batch["promoted"], batch["unchanged"]) == (1, 299)
    assert _ransomware(works)["CVE-2025-90007"] is False


def test_an_edition_that_was_undone_and_comes_again_is_compared(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.take_in("kev", kev_of(300, _later(6)))
    wrong = works.take_in("kev", kev_of(299, _later(7)))
    works.brain.as_role("data_auditor").run("undo_batch", batch=wrong["id"], reason="a row was lost")

    batch = works.take_in("kev", kev_of(299, _later(8)))

    assert (wrong["removed"], batch["removed"], batch["unchanged"]) == (1, 1, 299)


def test_an_edition_is_compared_after_one_of_which_a_row_was_put_aside(works: Works) -> None:
    works.take_in("kev", FIRST)
    works.take_in("kev", kev(*[kev_entry(n) for n in range(300)], kev_entry(7), at=_later(6)))

    batch = works.take_in("kev", kev_of(299, _later(7)))

    assert (batch["unchanged"], batch["removed"]) == (299, 1)


def test_what_was_tolerated_is_compared_again_when_less_is_tolerated(works: Works) -> None:
    for day, percentile in ((8, 0.5), (9, 0.5004), (10, 0.5004)):
        at = f"2026-03-{day:02}T12:55:00Z"
        works.take_in("epss", epss(*[f"CVE-2025-{90000 + n},0.1,{percentile}" for n in range(300)], at=at), at=at)
        if day == 9:
            works.brain.admin.execute("UPDATE company.streams SET tolerances[2] = 0.0001 WHERE source = 'epss'")

    assert works.value("SELECT count(*) FROM patchfirst.epss WHERE percentile > 0.5003") == 300
