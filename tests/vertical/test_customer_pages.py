"""What a customer reads: true sentences, in lines that fit, with the names that people use."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from company.text.cleaning import visible
from company.vertical import Facts, Page
from patchfirst.deliveries import write
from patchfirst.page.data_notes import in_days
from patchfirst.page.sections import PageReasons
from patchfirst.vertical import VERTICAL

UNTIL = datetime(2026, 3, 11, 6, 12, tzinfo=UTC)
CUSTOMER = {"id": 1, "name": "Alder Bank", "kind": "brief"}


def _row(number: int = 1, **changes: Any) -> dict[str, Any]:
    numbers = {"score": 71.2, "old_score": None, "epss": 0.5, "percentile": 0.9}
    dates = {"at": UNTIL - timedelta(hours=1), "date_added": None, "due_date": None}
    names = {"vendor": "Harbourgate", "product": "Edge Firewall", "title": "A title", "ransomware": False}
    row = {"cve": f"CVE-2025-{90000 + number}", "what": "known_exploited", "state": "PUBLISHED"}
    return {**row, **names, **numbers, **dates, **changes}


def _source(name: str = "kev", *, age: float = 1, limit: float = 96, is_stale: bool = False) -> dict[str, Any]:
    spans = {"age": timedelta(hours=age), "fresh_within": timedelta(hours=limit)}
    return {"source": name, "edition_at": UNTIL - timedelta(hours=age), "is_stale": is_stale, **spans}


def _facts(*items: dict[str, Any], **changes: Any) -> Facts:
    since = UNTIL - timedelta(days=1)
    facts = {"customer": CUSTOMER, "since": since, "until": UNTIL, "top_of_list": [], "freshness": [_source()]}
    return Facts(**{**facts, "items": items, "is_important": False, **changes})


def _page(*items: dict[str, Any], **changes: Any) -> Page:
    return write(_facts(*items, **changes))


def test_every_source_has_the_name_under_which_people_know_it() -> None:
    titles = {source.name: VERTICAL.source_title(source.name) for source in VERTICAL.sources}

    assert titles["kev"] == "CISA KEV"
    assert all(source.title for source in VERTICAL.sources)
    assert VERTICAL.source_title("a source of last year") == "a source of last year"


def test_a_cve_is_listed_once_with_all_that_changed_of_it() -> None:
    page = _page(_row(what="score_moved", old_score=20.1), _row(due_date="2026-03-22"))

    text = " ".join(page.body.split())
    assert text.count("added to the known exploited list, due 2026-03-22; score moved (was 20.1)") == 1
    assert [item["what"] for item in page.items] == ["known_exploited", "score_moved"]
    assert page.subject == "PatchFirst Wed 11 Mar: 2 changes, first CVE-2025-90001"


def test_several_moves_of_a_score_are_one_from_the_first_to_the_last() -> None:
    moves = [
        _row(what="score_moved", old_score=old, at=UNTIL - timedelta(hours=n)) for n, old in ((1, 60.0), (2, 20.0))
    ]

    (item,) = _page(*moves).items

    assert (item["old_score"], item["score"], item["at"]) == (20.0, 71.2, str(UNTIL - timedelta(hours=1)))


@pytest.mark.parametrize("score", [20.0, None], ids=["it is back", "it has ended"])
def test_a_score_that_did_not_move_between_two_pages_is_no_change(score: float | None) -> None:
    page = _page(_row(what="score_moved", old_score=20.0, score=score))

    assert (page.items, page.subject) == ([], "PatchFirst Wed 11 Mar: nothing new")


@pytest.mark.parametrize(
    ("vendor", "product", "title", "name"),
    [
        (None, None, "Gateway Path Traversal", "Gateway Path Traversal"),
        ("", "n/a", " ", "no source names its product yet"),
        ("N/A", "Edge Firewall", None, "Edge Firewall"),
        ("Harbour\ngate\u202e", "\x0bEdge\u200b", "T", "Harbour gate Edge"),
    ],
)
def test_an_entry_is_named_by_what_is_known_of_it(
    vendor: str | None, product: str | None, title: str | None, name: str
) -> None:
    page = _page(_row(vendor=vendor, product=product, title=title))

    assert f" 71.2  CVE-2025-90001   {name}: added to" in " ".join(page.body.split("\n       "))


def test_a_rejected_record_is_marked_where_it_must_be_named() -> None:
    page = _page(_row(state="REJECTED"))

    assert "Edge Firewall (its CVE record is rejected)" in " ".join(page.body.split())
    assert page.items[0]["is_rejected"] is True


@pytest.mark.parametrize(
    ("hours", "text"),
    [(29, "29 h"), (47.9, "47 h"), (96, "4 days"), (240, "10 days"), (4742, "197 days"), (0.5, "0 h")],
)
def test_an_age_is_in_days_where_days_are_meant(hours: float, text: str) -> None:
    assert in_days(timedelta(hours=hours)) == text


@pytest.mark.parametrize(
    ("source", "age", "limit", "sentence"),
    [
        ("kev", 130, 96, "CISA KEV is 5 days old (limit 4 days)"),
        ("kev", 97, 96, "CISA KEV is more than 4 days old (limit 4 days)"),
        ("epss", 31, 29, "EPSS is 31 h old (limit 29 h)"),
        ("cves", 60, 6, "CVE List is 2 days old (limit 6 h)"),
    ],
)
def test_a_stale_source_is_named_with_an_age_that_is_above_its_limit(
    source: str, age: float, limit: float, sentence: str
) -> None:
    page = _page(freshness=[_source(source, age=age, limit=limit, is_stale=True)])

    assert sentence in " ".join(page.body.split())


def test_a_source_of_which_nothing_was_read_is_named_without_an_edition() -> None:
    source = {**_source("nvd", age=24, limit=12, is_stale=True), "edition_at": None}

    page = _page(freshness=[source], troubles=[{**source, "is_stuck": True, "edition_in_force": None}])

    text = " ".join(page.body.split())
    assert "nothing of NVD has been read yet, for 24 h (limit 12 h); this page is without it." in text
    assert "something newer of NVD could not be taken in; this page is without it." in text
    assert "Data as of: NVD none yet" in text
    assert "edition of none" not in text


def test_what_is_more_than_a_page_lists_is_where_the_page_says() -> None:
    rows = [_row(n) for n in range(45)]

    mailed, filed = _page(*rows), _page(*rows, customer={**CUSTOMER, "kind": "feed"})

    assert "... and 25 more CVEs: all are in the attached changes.json" in mailed.body
    assert "... and 25 more CVEs: all are among the items of this file" in filed.body
    assert len(mailed.items) == len(filed.items) == 45


def test_a_large_number_is_written_as_everywhere_else() -> None:
    listed = {"number": 71.2, "of_list": 4900}
    body = _page(top_of_list=[{**_row(1), **listed, "question": question} for question in ("now", "next")]).body

    assert "FIX NOW (1 OF 4,900)" in body
    assert "NEXT TO BE EXPLOITED (1 OF 4,900)" in body


def test_an_entry_that_could_not_be_read_is_on_the_page_until_it_is_read() -> None:
    aside = {"source": "kev", "since": UNTIL - timedelta(days=9), "is_in_force": False}

    page = _page(put_aside=[{**aside, "entity": "CVE-2025-90070"}, {**aside, "entity": None}])

    text = " ".join(page.body.split())
    assert "CISA KEV: CVE-2025-90070 could not be read since 02 March 2026 06:12. Look at it there yourself." in text
    assert "CISA KEV: an entry without a readable id could not be read" in text
    assert "Nothing new in what was read; CISA KEV may hold more." in text


def test_a_page_fits_a_terminal_and_holds_no_sign_that_one_cannot_see() -> None:
    bad = "\u202eHar\x1b[31mbour\x00gate\ud83d \u200b" * 9
    rows = [_row(n, vendor=bad, product=bad, title=bad, due_date="2026-03-22") for n in range(25)]
    stale = [_source(name, age=999, is_stale=True) for name in ("kev", "epss", "cves")]

    page = _page(
        *rows,
        top_of_list=[{**row, "question": "next", "number": 9.1, "of_list": 7} for row in rows[:5]],
        freshness=stale,
        customer={**CUSTOMER, "name": bad},
    )

    assert max(len(line) for line in page.body.splitlines()) <= 80
    assert page.body == visible(page.body) + "\n"


def _entry(number: int, question: str, **changes: Any) -> dict[str, Any]:
    return {
        **_row(number),
        "question": question,
        "number": 55.5,
        "of_list": 12,
        "due_date": date(2026, 3, 13),
        **changes,
    }


def test_a_fresh_entry_leads_the_page_whatever_its_score() -> None:
    moved = _row(2, what="score_moved", score=99.0, old_score=20.0)

    page = _page(moved, _row(1, score=12.0), top_of_list=[_entry(3, "now"), _entry(4, "next")])

    found = [line.split()[1] for line in page.body.splitlines() if line.strip().split()[1:2] and "CVE-" in line[:24]]
    assert found == ["CVE-2025-90001", "CVE-2025-90003", "CVE-2025-90004", "CVE-2025-90002"]
    assert "first CVE-2025-90001" in page.subject
    assert page.items[0]["cve"] == "CVE-2025-90001"


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (date(2026, 3, 13), "due 2026-03-13, in 2 days"),
        (date(2026, 3, 11), "due 2026-03-11, today"),
        (date(2026, 3, 10), "was due 2026-03-10, 1 day ago"),
        (None, "no due date"),
    ],
)
def test_beside_each_known_exploited_one_is_its_due_date(due: date | None, said: str) -> None:
    page = _page(top_of_list=[_entry(1, "now", due_date=due, ransomware=True)])

    assert f"{said}; ransomware uses it" in page.body
    assert said in str(page.html) and "https://www.cve.org/CVERecord?id=CVE-2025-90001" in page.body


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"customer": {**CUSTOMER, "filters": {"min_score": 60}}}, "You chose a score of 60 or more (min_score)"),
        ({"unmatched": [{"kind": "vendor", "written": "Zyx\u202e"}]}, "has these names of yours: vendor Zyx."),
        ({"customer": {**CUSTOMER, "filters": {"vendors": ["Zyx"]}}}, "Nothing of what you chose is on CISA's list."),
    ],
)
def test_an_empty_list_says_why_it_is_empty(changes: dict[str, Any], said: str) -> None:
    page = _page(**changes)

    assert said in " ".join(page.body.split())


def test_what_came_back_says_why_and_what_is_handled_is_below() -> None:
    mark = {"at": UNTIL, "by_whom": "customer", "note": "<b>patched", "score": 9.0}
    handled = [{**_row(n), **mark, "back_because": back} for n, back in ((1, "ransomware"), (2, None))]

    page = _page(top_of_list=[_entry(1, "now")], handled=handled)

    text = " ".join(page.body.split())
    assert "back on your list: ransomware campaigns use it since you handled it" in text
    assert "HANDLED (1)" in text and "handled by you on 11 March; note: <b>patched" in text
    assert "<b>" not in str(page.html) and "&lt;b&gt;patched" in str(page.html)


def test_the_html_page_escapes_every_text_loads_nothing_and_has_the_links() -> None:
    bad = '"><script>alert(1)</script><img src=x>'
    rows = [_row(n, vendor=bad, product=bad, title=bad) for n in range(3)]

    page = _page(
        *rows, top_of_list=[_entry(9, "next", vendor=bad)], handle_address=lambda cve: f"https://h.invalid/h/{cve}"
    )

    html = str(page.html)
    assert "<script" not in html and "<img" not in html and "src=" not in html.replace("src=x&gt;", "")
    assert 'href="https://h.invalid/h/CVE-2025-90009"' in html
    assert all(word in html for word in ("prefers-color-scheme: dark", "width=device-width", "Next to be exploited"))


def test_a_mover_says_what_moved_it() -> None:
    moved_by = {"CVE-2025-90001": "+12.0 because EPSS 0.41, up from 0.12 in 7 days"}
    because = PageReasons(moved_by=moved_by, model_changes=["EPSS changed its model"])

    page = _page(_row(what="score_moved", old_score=20.1), because=because)

    assert "score moved (was 20.1)" in page.body
    assert "+12.0 because EPSS 0.41, up from 0.12 in 7 days" in page.body
    assert "Note: EPSS changed its model." in page.body
