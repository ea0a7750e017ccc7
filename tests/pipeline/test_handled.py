"""What a customer has handled leaves its lists and pages, and comes back only as another danger."""

from typing import Any

import pytest

from company.vertical import Customer
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss_of, kev, kev_entry
from tests.support.brains import run_sql
from tests.support.refusals import NO_RIGHT, refused

FERRY = Customer("Northferry Logistics", "ferry@northferry.invalid", "brief", {"min_score": 0})
ENTRIES = [kev_entry(n) for n in range(5)]
LISTED, UNLISTED = "CVE-2025-90001", "CVE-2025-90073"
EPSS = epss_of(80)


def _serve(works: Works) -> None:
    """Five entries known, and more CVEs by EPSS alone; one customer, who was served two hours ago."""
    works.take_in("kev", kev(*ENTRIES))
    works.take_in("epss", EPSS, at="2026-03-10T12:55:00Z")
    works.run("link", "score")
    works.open_for(FERRY)
    works.run("deliver")
    works.brain.wait(hours=2)


template_brain = grown(_serve)


@pytest.fixture
def served(works: Works) -> Works:
    """As the template has it."""
    return works


def _handle(works: Works, cve: str, *, undo: bool = False, note: str = "") -> None:
    works.brain.owner.run("undo_handled" if undo else "handle", customer=FERRY.name, entity=cve, note=note)


def _take_in(works: Works, at: str, *entries: dict[str, Any]) -> dict[str, Any]:
    batch = works.take_in("kev", kev(*entries, at=at))
    works.run("link", "score")
    return batch


def _list(works: Works) -> list[str]:
    now = works.brain.now()
    return [row["cve"] for row in works.brain.owner.all("customer_list", customer_id=1, since=now, until=now)]


def _state(works: Works) -> list[tuple[str, str | None]]:
    rows = works.rows("SELECT cve, back_because FROM patchfirst.handled ORDER BY cve")
    return [(row["cve"], row["back_because"]) for row in rows]


def _told(works: Works) -> list[tuple[str, str]]:
    pages = works.rows("SELECT items FROM company.deliveries WHERE occasion = 'important' ORDER BY id")
    return [(item["cve"], item["what"]) for page in pages for item in page["items"]]


def test_what_is_handled_leaves_the_list_until_it_is_undone_and_every_word_is_kept(served: Works) -> None:
    assert LISTED in _list(served)

    _handle(served, LISTED, note="patched on Monday")
    assert LISTED not in _list(served)
    _handle(served, LISTED, undo=True, note="the patch was withdrawn")

    assert LISTED in _list(served)
    kept = served.rows("SELECT by_whom, is_undone, note FROM company.handled ORDER BY id")
    assert [tuple(row.values()) for row in kept] == [
        ("owner", False, "patched on Monday"),
        ("owner", True, "the patch was withdrawn"),
    ]


def test_what_is_listed_after_it_was_handled_comes_back_at_once_with_the_reason(served: Works) -> None:
    _handle(served, UNLISTED)
    _handle(served, LISTED)

    _take_in(served, "2026-03-11T09:00:00.1234Z", *ENTRIES, kev_entry(73))
    served.run("deliver")

    assert _state(served) == [(LISTED, None), (UNLISTED, "known_exploited")]
    assert UNLISTED in _list(served) and LISTED not in _list(served)
    assert _told(served) == [(UNLISTED, "known_exploited")]

    _handle(served, UNLISTED)
    assert _state(served)[1] == (UNLISTED, None), "it was handled again, as what it is now"


def test_ransomware_brings_it_back_and_a_new_due_date_or_score_does_not(served: Works) -> None:
    for entry in (1, 2, 3):
        _handle(served, f"CVE-2025-9000{entry}")
    changed = [
        kev_entry(0),
        kev_entry(1, knownRansomwareCampaignUse="Known"),
        kev_entry(2, dueDate="2026-03-14"),
        kev_entry(3, shortDescription="It lets a visitor read all files."),
        kev_entry(4),
    ]

    _take_in(served, "2026-03-11T09:00:00.1234Z", *changed)
    served.brain.wait(hours=24)
    served.run("deliver")

    assert _state(served) == [(LISTED, "ransomware"), ("CVE-2025-90002", None), ("CVE-2025-90003", None)]
    [page] = served.rows("SELECT items FROM company.deliveries WHERE occasion = 'daily' ORDER BY id DESC LIMIT 1")
    told = {(item["cve"], item["what"]) for item in page["items"]}
    assert (LISTED, "ransomware") in told
    assert not {cve for cve, _ in told} & {"CVE-2025-90002", "CVE-2025-90003"}


def test_an_entry_that_left_the_list_and_joins_it_again_comes_back(served: Works) -> None:
    _handle(served, LISTED)
    _take_in(served, "2026-03-11T09:00:00.1234Z", *[entry for entry in ENTRIES if entry["cveID"] != LISTED])
    assert _state(served) == [(LISTED, None)]

    served.brain.wait(hours=1)
    _take_in(served, "2026-03-11T10:30:00.1234Z", *ENTRIES)

    assert _state(served) == [(LISTED, "known_exploited")]


def test_what_an_undone_batch_took_away_and_a_later_one_reads_again_brings_nothing_back(served: Works) -> None:
    batch = _take_in(served, "2026-03-11T09:00:00.1234Z", *ENTRIES, kev_entry(73))
    _handle(served, UNLISTED)
    served.brain.owner.run("undo_batch", batch=batch["id"], reason="a wrong mirror")
    assert _state(served) == [(UNLISTED, None)]

    served.brain.wait(hours=2)
    _take_in(served, "2026-03-11T11:00:00.1234Z", *ENTRIES, kev_entry(73))

    assert UNLISTED in {row["cve"] for row in served.rows("SELECT cve FROM patchfirst.kev")}
    assert _state(served) == [(UNLISTED, None)]


def test_only_who_may_marks_only_what_is_known_and_nothing_of_it_is_lost(served: Works) -> None:
    _handle(served, LISTED)
    for role in ("ceo", "deliver", "data_manager"):
        with refused(NO_RIGHT):
            served.brain.sql(role, "SELECT company.handle('Northferry Logistics', 'CVE-2025-90002', '')")
        with refused(NO_RIGHT):
            served.brain.sql(role, "SELECT company.handle_by_link(1, 'CVE-2025-90002', '')")
    with refused(NO_RIGHT):
        served.brain.sql("owner", "UPDATE company.handled SET note = ''")
    with refused("one_handles_what_is_known"):
        _handle(served, "CVE-2031-0001")
    with refused("one_undoes_what_is_handled"):
        _handle(served, UNLISTED, undo=True)
    with refused("one_handles_for_a_customer_one_has"):
        served.brain.owner.run("handle", customer="Nobody", entity=LISTED, note="")
    for statement in ("UPDATE company.handled SET note = ''", "DELETE FROM company.handled"):
        with refused("handled_is_append_only"):
            run_sql(served.brain.as_login("migrate"), statement)

    assert _state(served) == [(LISTED, None)]


def test_a_link_marks_once_however_often_it_is_used(served: Works) -> None:
    console = served.brain.as_role("console")
    said = [console.value("handle_by_link", customer_id=1, entity=LISTED, note="done") for _ in range(3)]

    assert said == [True, False, False]
    assert served.rows("SELECT by_whom, note FROM company.handled") == [{"by_whom": "customer", "note": "done"}]
    with refused("one_handles_for_a_customer_one_has"):
        console.value("handle_by_link", customer_id=99, entity=LISTED, note="")


def test_what_a_mark_and_a_customer_may_be_is_said_by_rules(served: Works) -> None:
    superuser, owner = served.brain.as_login("superuser"), served.brain.owner
    marked = """INSERT INTO company.handled (customer_id, entity, is_undone, by_whom, facts)
        VALUES (1, 'CVE-2025-90001', false, 'nobody', '{}')"""
    other = {"email": "a@ferry.invalid", "kind": "brief", "filters": {}}

    with refused("only_the_console_handles_by_link"):
        run_sql(superuser, "SELECT company.handle_by_link(1, 'CVE-2025-90001', '')")
    with refused("who_handled_is_known"):
        run_sql(superuser, marked)
    with refused("a_note_is_short"):
        _handle(served, LISTED, note="x" * 501)
    with refused("a_customer_has_a_readable_name"):
        owner.run("add_customer", name="\u200b", **other)
    with refused("a_customer_has_a_name_of_its_own"):
        owner.run("add_customer", name=FERRY.name.upper(), **other)
    with refused("a_customer_has_a_mail_address"):
        owner.run("add_customer", name="quay", **{**other, "email": "a@quay.invalid\nBcc: b@quay.invalid"})
