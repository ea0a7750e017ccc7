"""The console in a real Chromium, wide and narrow, light and dark: usable by everybody, and it asks nobody else."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from company.console.rendering import PAGES
from tests.support.consoles import KEY

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
ALSO = ("/D-1", "/B-1", "/S-1", "/roles/data_manager", "/pipelines/tides", "/customers/1", "/hire")
EVERY = (*(path for path, _ in PAGES), *ALSO)
ONLY_WHAT_IS_WRONG = {"resultTypes": ["violations"]}
"""What is right is not listed with each of its parts, which takes as long as the looking."""
MAIN = ("/", "/company", "/schedules", "/D-1")


@dataclass
class Window:
    """An open console, what it asked of the network, and what its console said."""

    tab: Any
    address: str
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        self.tab.goto(self.address + path.removeprefix("/"))

    def assert_it_was_quiet(self) -> None:
        assert [url for url in self.asked if not url.startswith(self.address)] == []
        assert self.said == []


def _window(chromium: Any, address: str, **options: Any) -> Window:
    context = chromium.new_context(**{"viewport": DESKTOP, **options})
    context.set_default_timeout(60_000)
    window = Window(context.new_page(), address)
    window.tab.on("request", lambda request: window.asked.append(request.url))
    window.tab.on("console", lambda message: window.said.append(message.text))
    window.tab.on("pageerror", lambda error: window.said.append(str(error)))
    window.open("/login")
    window.tab.fill("#key", KEY)
    window.tab.click("button")
    return window


@pytest.fixture(scope="module")
def desktop(chromium: Any, address: str) -> Iterator[Window]:
    window = _window(chromium, address)
    yield window
    window.tab.context.close()


@pytest.mark.parametrize(
    ("paths", "size", "scheme"), [(EVERY, DESKTOP, "light"), (MAIN, PHONE, "dark")], ids=["desktop", "phone"]
)
def test_everybody_can_use_every_page_and_none_asks_elsewhere(
    chromium: Any, address: str, paths: tuple[str, ...], size: dict[str, int], scheme: str
) -> None:
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    window = _window(chromium, address, viewport=size, color_scheme=scheme)
    found: dict[str, Any] = {}

    for path in paths:
        window.open(path)
        violations = axe.run(window.tab, options=ONLY_WHAT_IS_WRONG).response["violations"]
        found[path] = [(one["id"], one["nodes"][0]["target"]) for one in violations]
        assert window.tab.evaluate("document.documentElement.scrollWidth") <= size["width"], path

    assert found == {path: [] for path in paths}
    window.assert_it_was_quiet()
    window.tab.context.close()


def test_it_is_used_by_the_keyboard_alone(desktop: Window) -> None:
    desktop.open("/")
    desktop.tab.keyboard.press("Tab")
    skip = desktop.tab.evaluate("document.activeElement.textContent")
    desktop.tab.keyboard.press("Enter")
    for _ in range(90):
        desktop.tab.keyboard.press("Tab")
        if desktop.tab.evaluate("document.activeElement.textContent") == "D-1":
            break
    desktop.tab.keyboard.press("Enter")
    desktop.tab.wait_for_url("**/D-1")

    assert skip == "To the page"
    desktop.assert_it_was_quiet()


def test_without_scripts_every_page_is_whole(chromium: Any, address: str) -> None:
    window = _window(chromium, address, java_script_enabled=False)

    window.open("/schedules")

    assert window.tab.locator("table.schedules tbody tr:visible").count() > 1
    assert window.tab.locator("nav#menu a:visible").count() == 15
    window.tab.context.close()


def test_a_list_is_sorted_by_its_heads(desktop: Window) -> None:
    desktop.open("/company?as=table")

    desktop.tab.locator("thead th", has_text="Kind").click()
    desktop.tab.wait_for_selector("th[aria-sort='ascending']")
    kinds = desktop.tab.eval_on_selector_all("tbody tr td:nth-child(2)", "cells => cells.map(c => c.textContent)")

    assert kinds == sorted(kinds) and len(set(kinds)) > 3


def test_a_question_is_answered_by_its_button_and_the_page_says_what_came_of_it(desktop: Window) -> None:
    desktop.open("/D-2")

    desktop.tab.locator("button[name=option]", has_text="no").first.click()
    said = desktop.tab.inner_text("p.done")

    assert said.startswith("D-2 is answered:") and said.endswith("was called.")
    assert desktop.tab.locator("button[name=option]").count() == 0
    desktop.assert_it_was_quiet()
