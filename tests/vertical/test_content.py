"""What PatchFirst writes about: every figure of a topic comes from a cited column, and none from its own text."""

import re
from string import Formatter

import pytest

from company.vertical import Topic
from content_worker.editorial import HOW_MANY, compose
from patchfirst.content import TOPICS

VALUES = {"vendor": "Acme", "product": "Door 9", "date_added": "2026-03-01", "due_date": "2026-03-20"}
ROWS = [{**VALUES, "cve": f"CVE-2026-{n}", "score": f"{n}.5"} for n in (71, 64)]


def _parts(topic: Topic) -> list[tuple[str, str | None]]:
    texts = (topic.title, topic.opening, topic.sentence, topic.closing)
    return [(text_part, field) for text in texts for text_part, field, _, _ in Formatter().parse(text)]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topics_own_text_holds_no_figure(topic: Topic) -> None:
    assert [text_part for text_part, _ in _parts(topic) if re.search(r"\d", text_part)] == []


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_topic_cites_each_value_that_it_fills_in(topic: Topic) -> None:
    filled = {field for _, field in _parts(topic) if field}

    assert filled - {topic.key, HOW_MANY} <= set(topic.cites)


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_a_composed_draft_has_each_value_as_it_cites_it(topic: Topic) -> None:
    composed = compose(topic, ROWS)

    assert composed.keys == ["CVE-2026-71", "CVE-2026-64"]
    assert all(fact["value"] in composed.title + composed.body for fact in composed.facts)
