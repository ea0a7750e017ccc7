"""A dashboard in a real Chromium, wide and narrow: whole without a network, usable by everybody, and safe.

Needs a Chromium (Debian: the package chromium) and the gate's playwright; .ci/run has both.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from patchfirst.dashboard.page import render_dashboard
from patchfirst.dashboard.records import Shown
from patchfirst.page.as_html import page_as_html
from patchfirst.page.sections import Content, PageLine, PageSection
from tests.support.dashboards import FIRST, after, listed, shown
from tests.vertical.test_dashboard_page import ATTACKS

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is in the gate's environment")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
ADDRESS = "https://bucket.invalid/dashboard.html"
DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
LISTS = ("now", "next")


@dataclass
class Window:
    """An open dashboard, what it asked of the network, and what its console said."""

    tab: Any
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def rows(self, of: str) -> list[str]:
        return list(self.tab.eval_on_selector_all(f"#{of} tr[data-cve]", "rows => rows.map(r => r.dataset.cve)"))

    def text(self, selector: str) -> str:
        return " ".join(str(self.tab.inner_text(selector)).split())

    def assert_it_was_quiet(self) -> None:
        assert (self.asked, self.said) == ([ADDRESS], [])


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def look(chromium: Any) -> Iterator[Callable[..., Window]]:
    """look(text, ...) opens a page as its link does; every other address is refused."""
    with _contexts(chromium) as opened:
        yield opened


@contextmanager
def _contexts(chromium: Any) -> Iterator[Callable[..., Window]]:
    contexts: list[Any] = []

    def opened(text: str, *, reader: Any = None, before: str = "", **options: Any) -> Window:
        context = reader or chromium.new_context(**{"viewport": DESKTOP, **options})
        contexts.append(context)
        context.set_default_timeout(90_000)
        window = Window(context.new_page())
        window.tab.add_init_script(before)
        window.tab.on("request", lambda request: window.asked.append(request.url))
        window.tab.on("console", lambda message: window.said.append(message.text))
        window.tab.on("pageerror", lambda error: window.said.append(str(error)))
        window.tab.route("**/*", lambda route: _answer(route, text))
        window.tab.goto(ADDRESS)
        return window

    yield opened
    for context in contexts:
        context.close()


def _answer(route: Any, text: str) -> None:
    if route.request.url == ADDRESS:
        route.fulfill(body=text, content_type="text/html; charset=utf-8")
    else:
        route.abort()


def _a_day_later(made: Shown, **changes: Any) -> Shown:
    return replace(made, as_of=made.as_of + timedelta(days=1), **changes)


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "light"), (PHONE, "dark")], ids=["desktop", "phone"])
def test_everybody_can_use_it_and_nothing_leaves_it(
    look: Callable[..., Window], size: dict[str, int], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    window = look(render_dashboard(shown()), viewport=size, color_scheme=scheme)

    for of in LISTS:
        window.tab.locator(f"#{of} .open").first.click()
    found = axe.run(window.tab)

    assert [(v["id"], v["nodes"][0]["target"]) for v in found.response["violations"]] == []
    assert window.tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    window.assert_it_was_quiet()


def test_it_works_without_a_network_once_it_is_loaded(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown()))
    window.tab.context.set_offline(True)

    window.tab.locator("#next_wrapper input[type=search]").fill("osterlume 90031")
    window.tab.locator("#next .open").first.click()

    assert window.rows("next") == ["CVE-2025-90031"]
    assert "published 12 days ago CVE List, 27 Feb 2026 4.2" in window.text("#next .details")
    window.assert_it_was_quiet()


def test_a_list_is_sorted_and_filtered(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown()))

    as_given = window.rows("now")
    window.tab.locator("#now thead th", has_text="Due").click()
    window.tab.wait_for_selector("#now tbody tr:nth-child(2) td[data-order='2026-03-08']")
    by_due = window.tab.eval_on_selector_all("#now td[data-order^='2026']", "cells => cells.map(c => c.dataset.order)")
    window.tab.locator("#now_wrapper input[type=search]").fill("harbourgate")

    assert as_given == [f"CVE-2025-{90000 + n}" for n in range(25)]
    assert by_due == sorted(by_due) and len(set(by_due)) > 3
    assert window.tab.get_attribute("#now thead th:nth-child(5)", "aria-sort") == "ascending"
    assert window.text("#now_wrapper .dt-info") == "1 to 15 of 15 (out of 30)"


def test_a_click_explains_a_number_and_says_where_the_model_of_epss_changed(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown()))

    window.tab.locator("#now .open").first.click()
    said = window.text("#now .details")

    assert "on CISA's list CISA KEV, 10 Mar 2026 39.0" in said
    assert "nobody knows whether the network is enough to attack it 0.1" in said
    assert "not counted on this list EPSS 0.40, up from 0.30 in 7 days EPSS, 10 Mar 2026" in said
    assert "38% now, higher than 90% of all CVEs; 10% on 10 Jan 2026." in said
    assert "On 19 Feb 2026 EPSS changed its model (v2025.03.14 to v2026.01.20)" in said
    assert f'Mark as handled: watchbill customers handle "Alder Bank" {FIRST}' in said
    assert len(window.tab.evaluate("Chart.getChart(document.querySelector('#now canvas')).data.datasets")) == 2
    window.tab.locator("#now .open").first.click()
    assert window.tab.locator("#now .details").count() == 0


def test_it_is_used_by_the_keyboard_alone(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown()))

    window.tab.locator("#now_wrapper input[type=search]").focus()
    while FIRST not in window.tab.evaluate("document.activeElement.textContent"):
        window.tab.keyboard.press("Tab")
    window.tab.keyboard.press("Enter")

    assert window.tab.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    assert window.tab.locator("#now .details").count() == 1


def test_nothing_that_a_source_wrote_becomes_markup(look: Callable[..., Window]) -> None:
    lines = [listed(n, vendor=text, product=text, title=text, of_list=9) for n, text in enumerate(ATTACKS)]
    made = shown(
        1,
        0,
        customer=ATTACKS[0],
        lines=lines,
        notes=ATTACKS,
        handle=dict.fromkeys((line.cve for line in lines), ATTACKS[-1]),
    )
    window = look(
        render_dashboard(after(shown(9, 0), _a_day_later(made))),
        before="window.pwned = () => { window.isPwned = true }",
    )

    window.tab.locator("#now_wrapper input[type=search]").fill("img")
    for n in range(window.tab.locator("#now .open").count()):
        window.tab.locator("#now .open").nth(n).click()

    assert window.tab.evaluate("[window.isPwned === undefined, document.images.length, document.scripts.length]") == [
        True, 0, 3,
    ]  # fmt: skip
    assert window.tab.locator("a[href^='javascript']").count() == 0
    window.assert_it_was_quiet()


def test_the_next_visit_is_told_what_changed_since_the_last(look: Callable[..., Window]) -> None:
    first = shown(3, 3)
    moved = replace(first.lines[1], number=first.lines[1].number - 20 if first.lines[1].number else None)
    listed_now = replace(first.lines[3], question="now")
    later = _a_day_later(first, lines=[first.lines[0], moved, listed_now, listed(77), first.lines[5]])

    window = look(render_dashboard(first))
    said_first = window.text("#visit-says")
    again = look(render_dashboard(after(first, later)), reader=window.tab.context)
    once_more = look(render_dashboard(after(first, later)), reader=window.tab.context)

    assert said_first == "This is the first edition: there is nothing to compare it with."
    for visit in (again, once_more):
        assert visit.text("#visit-says") == (
            "Compared with the edition of Wed, 11 March 2026 at 06:12 UTC, which you opened before: 3 CVEs changed,"
            " 2 CVEs left your lists."
        )
    assert again.text("#visit-changes") == (
        f"{moved.cve} down from 98.9 to 78.9 {listed_now.cve} now known to be exploited"
        " CVE-2025-90077 new: known to be exploited"
    )
    again.tab.locator("#now_wrapper").get_by_label("only what changed").check()
    assert again.rows("now") == [moved.cve, listed_now.cve, "CVE-2025-90077"]
    assert (
        look(render_dashboard(first), reader=window.tab.context)
        .text("#visit-says")
        .startswith("You have already opened a newer")
    )


@pytest.mark.parametrize("kept", ["", "null", "7", "{", '{"current": 1}', '{"current": {"as_of": 3}}', "[]"])
def test_what_else_is_in_the_storage_breaks_nothing(look: Callable[..., Window], kept: str) -> None:
    before = f"localStorage.setItem('patchfirst:1', {kept!r})"
    window = look(render_dashboard(after(shown(2, 2), _a_day_later(shown(2, 2)))), before=before)

    assert window.text("#visit-says").endswith("nothing changed.")
    assert window.tab.evaluate("JSON.parse(localStorage['patchfirst:1']).current.as_of.slice(0, 10)") == "2026-03-12"
    window.assert_it_was_quiet()


def test_where_storage_is_refused_the_edition_before_is_compared(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(after(shown(2, 2), _a_day_later(shown(3, 2)))), before=NO_STORAGE)

    assert window.text("#visit-says").startswith("This browser keeps nothing for this page")
    assert "2 CVEs changed" in window.text("#visit-says")
    window.assert_it_was_quiet()


def test_without_scripts_the_lists_are_plain_tables(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown()), java_script_enabled=False)

    assert window.tab.locator("tr[data-cve]:visible").count() == 70
    assert window.tab.locator("#visit:visible, canvas:visible").count() == 0


def test_a_print_has_every_line_and_no_controls(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown()))

    window.tab.emulate_media(media="print")
    window.tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    printed = window.rows("next")
    shown_controls = window.tab.locator("input:visible, select:visible, .dt-paging:visible").count()
    window.tab.evaluate("dispatchEvent(new Event('afterprint'))")

    assert (len(printed), shown_controls, len(window.rows("next"))) == (40, 0, 25)
    assert window.tab.locator("#weeks-table[open]").count() == 0


def test_five_thousand_lines_are_usable(look: Callable[..., Window]) -> None:
    window = look(render_dashboard(shown(2_000, 3_000)))

    window.tab.locator("#next_wrapper input[type=search]").fill("93123")

    assert window.rows("next") == ["CVE-2025-93123"]
    assert window.text("#next_wrapper .dt-info") == "1 to 1 of 1 (out of 3,000)"
    window.assert_it_was_quiet()


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")], ids=["desktop", "phone"])
def test_the_mail_fits_and_can_be_read_by_everybody(
    look: Callable[..., Window], size: dict[str, int], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    news, handled = ["added to the list"], ["handled by you on 8 March"]
    lines = [
        PageLine("CVE-2025-90001", "90.3", "Harbourgate " + "very-long-name-" * 8, news, ["due"], ["why"], "https://h"),
        PageLine("CVE-2025-90002", "4.0", "Osterlume", handled, is_quiet=True),
    ]
    section = PageSection("Fix now (2 of 2)", "Known to be exploited.", lines, ["... and 3 more"])
    content = Content(
        "s", "PatchFirst for Alder", ["Note: old"], [section], "as of", "https://d", "later", (), ["by us"]
    )

    window = look(page_as_html(content), viewport=size, color_scheme=scheme)

    assert [violation["id"] for violation in axe.run(window.tab).response["violations"]] == []
    assert window.tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    assert window.tab.locator(".news").all_inner_texts() == news, "what is handled alarms nobody"
    window.assert_it_was_quiet()
