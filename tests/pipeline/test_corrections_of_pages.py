"""What an undone batch had put on pages that wait, or that were written with scores which had not followed it."""

from zoneinfo import ZoneInfo

from company.brief import BriefOrigin, gather_facts
from company.brief.depth import DEPTHS
from company.brief.sections.customers import customers_section
from company.vertical import Customer
from tests.pipeline.grown import grown
from tests.pipeline.test_corrections import CVE, FIRST, OLD, SECOND, read_wrongly, undo, written
from tests.pipeline.works import Works, epss, kev


def _listed(works: Works) -> None:
    works.take_in("kev", kev(*OLD, at=FIRST))
    works.run("link", "score")


template_brain = grown(_listed)


def _epss(of_the_first: float, at: str) -> bytes:
    return epss(*(f"CVE-2025-{90000 + n},{p},{p}" for n in range(300) for p in [0.5 if n else of_the_first]), at=at)


def _undo_what_moved_a_score(works: Works) -> None:
    """An edition of EPSS is undone after a pass and before the daily page of the next day."""
    works.take_in("epss", _epss(0.01, FIRST), at=FIRST)
    works.run("link", "score")
    works.open_for(Customer("Alder Bank", "desk@alder.invalid", "brief", {"min_move": 3}))
    works.run("deliver")
    works.brain.wait(hours=24)
    batch = works.take_in("epss", _epss(0.97, SECOND), at=SECOND)
    works.run("score")
    undo(works, batch["id"])


def _daily_pages(works: Works) -> list[list[str]]:
    rows = works.rows("SELECT items FROM company.deliveries WHERE occasion = 'daily' ORDER BY id")
    return [[item["cve"] for item in row["items"]] for row in rows]


def _customers_in_the_brief(works: Works) -> str:
    now = works.brain.now()
    origin = BriefOrigin(title="PatchFirst", zone=ZoneInfo("UTC"), slot="ceo", due_at=now)
    facts = gather_facts(works.brain.as_role("ceo"), origin=origin, brief_date=now.date(), until=now)
    return str(customers_section(facts, DEPTHS[0]))


def test_a_daily_page_waits_until_the_scores_have_followed_an_undoing(works: Works) -> None:
    _undo_what_moved_a_score(works)

    [answer] = works.run("deliver")
    assert answer["reason"].startswith("the daily pages wait until the scores have followed an undoing")
    assert _daily_pages(works) == [[]]
    why = "; daily pages wait for the scores to follow an undoing"
    assert why in _customers_in_the_brief(works)

    works.run("score", "deliver")
    assert _daily_pages(works) == [[], []]
    assert why not in _customers_in_the_brief(works)
    assert written(works) == []


def test_a_page_written_with_scores_that_did_not_follow_an_undoing_is_corrected_when_they_do(works: Works) -> None:
    _undo_what_moved_a_score(works)
    works.brain.wait(hours=2)

    works.run("deliver")
    assert _daily_pages(works) == [[], ["CVE-2025-90000"]]
    assert written(works) == []

    works.run("score", "deliver")
    assert written(works) == [("Alder Bank", "waiting")]


def test_a_page_that_waits_is_withdrawn_and_the_next_one_covers_its_time(works: Works) -> None:
    works.open_for(Customer("Alder Bank", "desk@alder.invalid", "brief", {"vendors": ["Osterlume"]}))
    works.run("deliver")
    works.brain.owner.run("set_approval", action="deliver", level="ask")
    batch = read_wrongly(works, SECOND)
    undo(works, batch)

    works.run("deliver")

    assert written(works) == []
    [page] = works.rows("SELECT status, reason, items FROM company.deliveries WHERE occasion = 'important'")
    assert (page["status"], f"B-{batch}" in page["reason"]) == ("declined", True)
    works.brain.wait(hours=24)
    works.run("deliver")
    [daily] = works.rows("SELECT body FROM company.deliveries WHERE occasion = 'daily' ORDER BY id DESC LIMIT 1")
    assert CVE not in daily["body"]
