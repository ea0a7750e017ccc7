"""The page of a dashboard as a text: nothing in it can become markup, and its policy lets in what is ours alone."""

import gzip
import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser

import pytest

from company.text.cleaning import visible_document, visible_json, visible_page
from patchfirst.dashboard import libraries
from patchfirst.dashboard.document import document
from patchfirst.dashboard.page import render_dashboard
from patchfirst.dashboard.records import Handled
from tests.support.dashboards import AS_OF, FIRST, NEW_MODEL, OLD_MODEL, listed, shown

ATTACKS = [
    "</script><script>pwned()</script>",
    "<!--<script>",
    "<img src=x onerror=pwned()>",
    '" onmouseover="pwned()" x="',
    "{{ 7 * 7 }}{% include 'x' %}",
    "]]></style><style>*{display:none}</style>",
    "&lt;img src=x onerror=pwned()&gt;",
    "line\u2028and\u2029paragraph",
    "\u202egnp.exe\u200b\x00\x1b[31m",
    "javascript:pwned()",
]


class Outline(HTMLParser):
    """The elements of a page, their attributes, and what stands in its scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.inside: dict[str, list[str]] = {"script": [], "style": []}
        self.open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        self.open = tag
        if tag in self.inside:
            self.inside[tag].append("")

    def handle_data(self, data: str) -> None:
        if self.open in self.inside:
            self.inside[self.open][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.open = ""


def _attacked(text: str) -> str:
    handled = Handled("CVE-2025-91000", text, AS_OF, text, text)
    line = listed(0, vendor=text, product=text, title=text)
    return render_dashboard(
        shown(1, 0, customer=text, lines=[line], notes=[text], handle={FIRST: text}, handled=[handled])
    )


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_a_source_or_a_customer_becomes_markup(attack: str) -> None:
    plain, attacked = Outline(_attacked("Harbourgate")), Outline(_attacked(attack))

    assert attacked.tags == plain.tags
    assert [name for name, _ in attacked.attributes] == [name for name, _ in plain.attributes]
    assert attacked.inside["script"][1:] == plain.inside["script"][1:]
    assert attacked.inside["style"] == plain.inside["style"]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_cleaner_changes_nothing_of_a_page(attack: str) -> None:
    written = _attacked(attack)

    (data, *_) = Outline(written).inside["script"]
    assert visible_page(written) == written
    assert not {"\\u202e", "\\u2028", "\\u0000", "\\u001b"} & set(re.findall(r"\\u[0-9a-f]{4}", data))


def test_the_policy_lets_in_the_scripts_and_the_style_of_the_page_and_nothing_else() -> None:
    outline = Outline(render_dashboard(shown()))

    policy = next(str(value) for name, value in outline.attributes if value and value.startswith("default-src"))
    hashes = {
        kind: [f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts]
        for kind, texts in outline.inside.items()
    }
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"].split() == hashes["script"][1:]
    assert rules["style-src"].split() == hashes["style"]
    assert not [name for name, _ in outline.attributes if name == "style" or name.startswith("on")]


def test_a_page_names_no_address_that_it_would_load() -> None:
    outline = Outline(render_dashboard(shown()))

    assert not {"src", "srcset", "action", "poster"} & {name for name, _ in outline.attributes}
    assert [value for name, value in outline.attributes if name == "href"] == ["data:,"]


def test_a_page_is_small_enough_to_send_each_day() -> None:
    written = render_dashboard(shown(30, 40)).encode()

    assert len(written) < 1_100_000
    assert len(gzip.compress(written)) < 300_000


def test_the_lists_can_be_read_without_a_script() -> None:
    written = render_dashboard(shown(30, 40))

    body = re.sub(r"<script.*?</script>", "", written, flags=re.DOTALL)
    assert body.count("<tr data-cve=") == 70
    assert "added to the list 10 days ago · published 12 days ago" in body


def test_what_every_line_has_is_no_reason_to_show_in_each() -> None:
    assert "on CISA&#39;s list ·" not in render_dashboard(shown())


def test_epss_of_two_models_is_two_lines() -> None:
    (first, *_) = document(shown())["lines"]

    assert (first["cve"], [segment[0] for segment in first["epss"]]) == (FIRST, [OLD_MODEL, NEW_MODEL])


def test_a_week_without_data_has_no_figures() -> None:
    weeks = document(shown())["weeks"]

    assert [week[1:] for week in weeks if week[1] is None] == [[None, None, None]]
    assert render_dashboard(shown()).count("no data of this week") == 1
    assert "the first figures come on a Monday" in render_dashboard(shown(weeks=[]))


def test_what_was_handled_is_listed_apart_with_what_brought_it_back() -> None:
    written = render_dashboard(shown())

    assert "<td>08 Mar 2026 by owner</td>\n<td>off your lists</td>" in written
    assert "<td>02 Mar 2026 by link</td>\n<td>back on your lists: added to the list</td>" in written
    assert 'id="handled"' not in render_dashboard(shown(handled=[]))


def test_what_is_not_shown_is_counted() -> None:
    lines = [replace(listed(0), of_list=1_204)]

    assert "1,203 more, less urgent, left out here." in render_dashboard(shown(lines=lines))


def test_a_list_without_a_cve_says_so() -> None:
    assert render_dashboard(shown(0, 0)).count("None of your CVEs is on this list.") == 2


def test_the_libraries_are_those_of_the_packages() -> None:
    both = libraries.libraries()

    assert "DataTables" in both and "Chart" in both
    assert "</script" not in both.lower() and "<!--" not in both
    assert json.dumps(libraries.inline('a="\t<script>"')) == json.dumps('a="\\u0009\\x3Cscript>"')


@pytest.mark.parametrize(
    "text",
    [
        'plain " x',
        "Ørsted – ok",
        "\u202eevil",
        "x\n",
        "\\u202e \\n",
        "\u2028",
        "\U0001f600",
        "\x7f",
        "\\\u202e",
        "b\u200b",
    ],
)
def test_a_document_is_cleaned_as_each_of_its_texts_is_and_left_alone_where_it_is_clean(text: str) -> None:
    document = {"key": [text, {text: 1, "none": None}]}

    assert visible_document(document) == visible_json(document)
    assert (visible_document(document) is document) == (text in ('plain " x', "Ørsted – ok"))
