"""Names that mean one thing: decided by a rule where a rule is safe, by a task where it is not."""

from company.pipeline.rows.links import UsedSpelling, settle_spellings
from tests.pipeline.works import Works, kev, kev_entry
from tests.support.refusals import refused


def _spelt(**uses: int) -> list[UsedSpelling]:
    return [UsedSpelling(name, name.lower(), n, []) for name, n in uses.items()]


def test_the_most_used_spelling_is_the_name() -> None:
    settled = settle_spellings(_spelt(Harbourgate=9, HARBOURGATE=2), {})

    assert [(s.spelling, s.name, s.method) for s in settled] == [
        ("Harbourgate", "Harbourgate", "itself"),
        ("HARBOURGATE", "Harbourgate", "folded"),
    ]


def test_of_two_names_that_look_alike_the_less_used_one_is_asked_about() -> None:
    settled = {s.spelling: s for s in settle_spellings(_spelt(Tidewrack=14, Tidewreck=2, Osterlume=5), {})}

    assert (settled["Tidewreck"].method, settled["Tidewreck"].candidates) == ("asked", ("Tidewrack",))
    assert {settled[name].method for name in ("Tidewrack", "Osterlume")} == {"itself"}


def test_what_was_decided_is_not_asked_again() -> None:
    settled = settle_spellings(_spelt(Tidewrack=14, Tidewreck=2), {"Tidewreck": "Tidewreck"})

    assert "asked" not in {s.method for s in settled}


def _two_vendors(works: Works) -> None:
    entries = [kev_entry(n, vendorProject="Tidewrack") for n in range(4)] + [kev_entry(9, vendorProject="Tidewreck")]
    works.take_in("kev", kev(*entries))
    works.run("link")


def test_an_open_spelling_becomes_one_task_with_all_that_is_needed(works: Works) -> None:
    _two_vendors(works)
    works.brain.owner.run("undo_batch", batch=works.last_batch()["id"], reason="again")
    works.take_in(
        "kev", kev(*(kev_entry(n, vendorProject="Tidewreck") for n in range(2)), at="2026-03-11T06:00:00.1234Z")
    )

    (task,) = works.rows("SELECT * FROM company.task_queue")

    assert (task["mode"], task["status"], task["created_by"]) == ("data", "pending", "link")
    assert task["payload"] == {
        "kind": "spelling",
        "of": "vendor",
        "spelling": "Tidewreck",
        "candidates": ["Tidewrack"],
        "evidence": {
            "Tidewrack": {"uses": 4, "seen_with": ["Edge Firewall"]},
            "Tidewreck": {"uses": 1, "seen_with": ["Edge Firewall"]},
        },
    }


def test_until_it_is_decided_a_spelling_links_nothing_and_then_it_does(works: Works) -> None:
    _two_vendors(works)
    links = "SELECT DISTINCT target FROM company.links WHERE entity = 'CVE-2025-90009'"
    assert works.rows(links) == []

    works.brain.as_role("data_worker").run(
        "resolve_spelling", kind="vendor", spelling="Tidewreck", name="Tidewrack", reason="same products"
    )
    works.run("link")

    assert works.rows(links) == [{"target": "Tidewrack"}]
    assert works.value("SELECT vendor FROM patchfirst.cve_facts WHERE cve = 'CVE-2025-90009'") == "Tidewrack"


def test_a_spelling_is_decided_only_among_its_candidates_and_only_by_those_whose_work_it_is(works: Works) -> None:
    _two_vendors(works)
    answer = {"kind": "vendor", "spelling": "Tidewreck", "reason": "so it is"}

    with refused("a_spelling_is_one_of_its_candidates_or_itself"):
        works.brain.as_role("data_worker").run("resolve_spelling", name="Somebody Else", **answer)
    with refused("spellings_are_decided_by_data_worker"):
        works.brain.as_role("link").run("resolve_spelling", name="Tidewrack", **answer)


def test_the_hub_knows_every_id_and_where_it_is_from(works: Works) -> None:
    _two_vendors(works)

    assert works.rows("SELECT entity, sources FROM company.entities ORDER BY entity LIMIT 1") == [
        {"entity": "CVE-2025-90000", "sources": ["kev"]}
    ]
