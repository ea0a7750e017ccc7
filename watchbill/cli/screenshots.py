"""`make screenshots`: pictures of the console's main pages, of the last day, as a browser shows them.

Needs a Chromium (Debian: the package chromium) and the gate's playwright.
"""

import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from company.console.app import respond
from watchbill.cli.commands.console import desk_site
from watchbill.cloud.desk_addresses import desk_address
from watchbill.cloud.function_urls import serving

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "console"
WIDE, NARROW = {"width": 1280, "height": 620}, {"width": 390, "height": 620}
PICTURES = (
    ("today", "/", WIDE, "light"),
    ("schedules", "/schedules", WIDE, "dark"),
    ("company", "/company", WIDE, "light"),
    ("phone", "/", NARROW, "dark"),
)


def main() -> None:
    """Serves the last day's console on loopback and photographs it."""
    from playwright.sync_api import sync_playwright

    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        sys.exit("There is no Chromium here; Debian: apt install chromium.")
    key = secrets.token_urlsafe(24)
    FOLDER.mkdir(exist_ok=True)
    with desk_site(key) as site, serving(lambda event: respond(site, event), 0) as port, sync_playwright() as started:
        browser: Any = started.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, path, size, scheme in PICTURES:
            context = browser.new_context(viewport=size, color_scheme=scheme)
            _photograph(context.new_page(), desk_address(port), key, path, FOLDER / f"{name}.png")
            context.close()
        browser.close()


def _photograph(tab: Any, address: str, key: str, path: str, into: Path) -> None:
    tab.goto(f"{address}login")
    tab.fill("#key", key)
    tab.click("button")
    tab.goto(address + path.removeprefix("/"))
    tab.screenshot(path=into)
    sys.stdout.write(f"{into.name}  {into.stat().st_size // 1024} kB\n")


if __name__ == "__main__":
    main()
