"""The feed is XML that a reader accepts for any post, and the post's text can be read from it again."""

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from hypothesis import example, given
from hypothesis import strategies as st

from publish.feed import PublishedPost, render

ENDED = datetime(2026, 3, 11, 9, tzinfo=UTC)
# XML has no way to write most control characters; a carriage return is read back as a line's end.
XML_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"))
TEXTS = st.one_of(
    XML_TEXT, st.lists(st.sampled_from(["]]>", "<b>", "&amp;", "&", "\n", "\t", "'", '"', "a"])).map("".join)
)


@given(title=TEXTS, body=TEXTS, channel=TEXTS)
@example(title="<script>", body="]]>&lt;", channel="&")
def test_the_text_of_a_post_comes_back_out_of_the_feed(title: str, body: str, channel: str) -> None:
    post = PublishedPost(1, "a topic", title, body, "a-post", judged_at=ENDED, ended_at=ENDED)

    feed = ET.fromstring(render([post, post], title=channel, site="https://example.com/blog", built_at=ENDED).encode())

    items = feed.findall("channel/item")
    assert [(item.findtext("title"), item.findtext("description")) for item in items] == [(title, body)] * 2
    assert {item.findtext("guid") for item in items} == {"https://example.com/blog/a-post.html"}
    assert feed.findtext("channel/title") == channel
