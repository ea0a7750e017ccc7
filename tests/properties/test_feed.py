"""The feed is RSS that a strict reader accepts for any post, and the post's text is shown as it was written."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from company.settings import Settings
from company.text.cleaning import visible, visible_line
from company.text.posts import PublishedPost
from publish.feed import render
from publish.work import site_of
from tests.support import rss

ENDED = datetime(2026, 3, 11, 9, tzinfo=UTC)
SITE = "https://example.com/blog"
TEXTS = st.one_of(
    st.text(st.characters()),
    st.lists(st.sampled_from(["]]>", "<b>", "&amp;", "&", "\n", "\t", "'", '"', "a", "\x0b", "\u202e"])).map("".join),
)


def _post(number: int = 1, title: str = "A title", body: str = "A line.") -> PublishedPost:
    return PublishedPost(
        number,
        "a topic",
        title,
        body,
        f"a-post-{number}",
        judged_at=ENDED,
        ended_at=ENDED,
        taken_back=None,
        taken_back_at=None,
        corrected_at=None,
    )


def _rendered(*posts: PublishedPost, title: str = "PatchFirst", site: str = SITE) -> str:
    return render(posts, title=title, site=site, company="ours", built_at=ENDED)


def _guids(document: str) -> list[str]:
    return [item.findtext("guid", "") for item in ET.fromstring(document).iter("item")]


@given(title=TEXTS, body=TEXTS, channel=TEXTS)
@example(title="<script>", body="]]>&lt;", channel="&")
@example(title="Gate\x0bway", body="1\x00\ud83d\ufffe\x85", channel="\x1b[31m")
def test_any_post_is_shown_as_it_was_written(title: str, body: str, channel: str) -> None:
    full = {"title": f"T{title}", "body": f"B{body}"}

    document = _rendered(_post(1, **full), _post(2, **full), title=f"C{channel}")

    assert rss.faults(document) == []
    items = ET.fromstring(document.encode()).findall("channel/item")
    lines = [line for line in visible(full["body"]).splitlines() if line.strip()]
    assert [item.findtext("title") for item in items] == [visible_line(full["title"])] * 2
    assert [rss.shown(item.findtext("description", "")) for item in items] == ["\n".join(lines)] * 2


def test_each_line_of_a_post_is_a_paragraph() -> None:
    item = ET.fromstring(_rendered(_post(body="One <beta> & two.\n\nThree."))).find("channel/item")

    assert item is not None
    assert item.findtext("description") == "<p>One &lt;beta&gt; &amp; two.</p>\n<p>Three.</p>"


def test_a_post_keeps_its_guid_when_the_site_moves() -> None:
    here, there = _rendered(_post(1), _post(2)), _rendered(_post(2), _post(1), site="http://elsewhere.example/x")

    assert set(_guids(here)) == set(_guids(there))
    assert len(set(_guids(here))) == 2


@pytest.mark.parametrize(
    ("site_url", "site"),
    [
        ("https://example.com/blog/", "https://example.com/blog"),
        ("blog.example.com", "https://blog.example.com"),
        (" http://example.com/a\n", "http://example.com/a"),
        ("https://example.com/b\u00fcro", "https://example.com/b%C3%BCro"),
        ("", "https://ours.s3.amazonaws.com/pages/posts"),
    ],
)
def test_links_are_absolute_however_the_owner_writes_the_address(site_url: str, site: str) -> None:
    settings = Settings(role="publish", company="ours", vertical="x", brain_dsn="x", bucket="ours", site_url=site_url)

    assert site_of(settings) == site
    assert rss.faults(_rendered(_post(), site=site)) == []
