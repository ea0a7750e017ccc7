"""No sentence is published unchecked: each step of a draft, tried by a login that has no right to it."""

import re
from typing import Any

import pytest

from company.errors import Refused
from tests.support.acts import session_of
from tests.support.brains import TestBrain, run_sql
from tests.support.drafts import (
    SCORE,
    THING,
    draft_row,
    fact,
    given_session,
    judge,
    publish,
    scored,
    sent_entry,
    write_draft,
)
from tests.support.refusals import NO_RIGHT, refused


def test_a_draft_goes_from_its_author_through_its_auditor_to_publication(brain: TestBrain) -> None:
    scored(brain)

    draft = write_draft(brain)
    judge(brain, draft)
    publish(brain, draft)

    row = draft_row(brain, draft)
    assert (row["status"], row["written_by"], row["judged_by"]) == ("published", "content_worker", "content_auditor")


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"body": f"{THING} scores 99."}, "every_figure_of_a_draft_is_cited"),
        ({"title": "Ten of 10"}, "every_figure_of_a_draft_is_cited"),
        ({"facts": [fact("")]}, "a_citation_names_source_key_field_and_value"),
        ({"facts": [{"said": "everybody knows"}]}, "a_citation_names_source_key_field_and_value"),
        ({"facts": [], "title": "t", "body": "No figure here."}, "a_draft_cites_its_facts"),
        ({"facts": {}, "title": "t", "body": "No figure here."}, "a_draft_cites_its_facts"),
    ],
)
def test_a_draft_without_its_citations_is_refused(brain: TestBrain, fields: dict[str, Any], rule: str) -> None:
    with refused(rule):
        write_draft(brain, **fields)


IN_OTHER_SIGNS = [
    *(
        "\uff19\uff19",
        "\u0669\u0669",
        "\u096f\u096f",
        "9\u0669",
        "\u2168",
        "\u00bd",
        "2\u00bd",
        "x\u00b2",
        "\u2460",
        "\u4e94",
        "9\u200b9",
    ),
    *("XIV", "xiv", "ninety-nine", "A dozen", "dozens", "Thousands", "half", "a quarter", "third", "ninety-ninth"),
    *("twentieth", "hundredth", "twice", "a couple", "0x63", "9.9e1", "81,5", "ten percent", "9" * 5000),
]


@pytest.mark.parametrize("figure", IN_OTHER_SIGNS, ids=[ascii(figure[:12]) for figure in IN_OTHER_SIGNS])
@pytest.mark.parametrize("place", ["title", "body"])
def test_a_figure_of_a_draft_is_cited_in_whatever_signs_it_is_written(
    brain: TestBrain, figure: str, place: str
) -> None:
    scored(brain)

    with pytest.raises(Refused) as caught:
        write_draft(brain, **{place: f"{THING}: {figure} of {SCORE}"})

    assert caught.value.rule == "every_figure_of_a_draft_is_cited"
    named = str(caught.value).lower()
    assert any(word[:12] in named for word in re.split(r"[- ]", figure.lower())), "the refusal names the word"


@pytest.mark.parametrize(
    "body",
    [f"{THING} is one of the first, in CI \u2013 at \u201c{SCORE}\u201d.", f"Caf\u00e9\u2019s {THING}: {SCORE}\u2026"],
)
def test_words_that_are_no_figures_need_no_citation(brain: TestBrain, body: str) -> None:
    scored(brain)

    assert write_draft(brain, body=body)


@pytest.mark.parametrize(
    "thing",
    ["Seven Networks", "Windows NT IX", "\u65e5\u7acb 5", "dozens"],
    ids=["a word", "Roman", "other signs", "vague"],
)
def test_a_cited_name_may_hold_a_number_in_other_signs(brain: TestBrain, thing: str) -> None:
    scored(brain, thing=thing)

    assert write_draft(brain, title=f"On {thing}", body=f"{thing}: {SCORE}", facts=[fact(key=thing)])


@pytest.mark.parametrize("role", ["content_auditor", "content_manager", "publish", "data_worker", "ceo"])
def test_only_a_content_worker_writes_drafts(brain: TestBrain, role: str) -> None:
    with refused("drafts_come_from_who_works_content"):
        write_draft(brain, role)


@pytest.mark.parametrize("role", ["content_worker", "content_manager", "publish", "planter", "ceo", "owner"])
def test_nobody_but_an_auditor_approves_a_draft_and_never_its_author(brain: TestBrain, role: str) -> None:
    scored(brain)
    draft = write_draft(brain)

    with refused("a_draft_is_judged_by_an_auditor_who_did_not_write_it"):
        brain.as_role(role).run("judge_draft", session_id=0, draft_id=draft, verdict="audited", reason="mine is good")

    assert draft_row(brain, draft)["status"] == "drafted"


def test_a_false_fact_cannot_be_approved_even_by_an_auditor(brain: TestBrain) -> None:
    scored(brain)
    draft = write_draft(brain)
    scored(brain, score="12.0")

    with refused("a_false_fact_is_not_approved"):
        judge(brain, draft)

    judge(brain, draft, "rejected")
    assert draft_row(brain, draft)["status"] == "rejected"


@pytest.mark.parametrize(
    "invented",
    [fact("99.0"), fact(key="X-2"), fact(source="rumours"), fact("2", source="draft", key="all", field="keys")],
    ids=["a value", "a thing", "a source", "a number of things"],
)
def test_a_citation_that_was_made_up_is_refused_when_it_is_written(brain: TestBrain, invented: dict[str, str]) -> None:
    scored(brain)

    with refused("a_draft_cites_what_is_in_force"):
        write_draft(brain, facts=[fact(), invented])


@pytest.mark.parametrize("verdict", ["published", "drafted", "audited"])
def test_a_verdict_is_given_once_and_is_one_of_two(brain: TestBrain, verdict: str) -> None:
    scored(brain)
    draft = write_draft(brain)
    if verdict == "audited":
        judge(brain, draft, "rejected")

    with refused("a_draft_is_judged_once"):
        judge(brain, draft, verdict)


@pytest.mark.parametrize("status", ["drafted", "rejected", "published"])
def test_what_nobody_audited_is_not_published(brain: TestBrain, status: str) -> None:
    scored(brain)
    draft = write_draft(brain)
    if status != "drafted":
        judge(brain, draft, "rejected" if status == "rejected" else "audited")
    if status == "published":
        publish(brain, draft)

    with refused("a_post_is_put_out_from_the_queue"):
        sent_entry(brain, "publish", draft, given_session(brain, "publish"))
    session = given_session(brain, "publish")
    with refused("only_audited_drafts_are_published"):
        brain.as_role("publish").run("publish_draft", session_id=session, draft_id=draft, slug="s", outbox_id=4711)


@pytest.mark.parametrize("entry", [None, 4711])
def test_a_post_was_published_when_its_entry_was_sent(brain: TestBrain, entry: int | None) -> None:
    scored(brain)
    draft = write_draft(brain)
    judge(brain, draft)
    session = given_session(brain, "publish")

    with refused("a_post_was_published_when_its_entry_was_sent"):
        brain.as_role("publish").run("publish_draft", session_id=session, draft_id=draft, slug="s", outbox_id=entry)


def test_a_letter_is_only_drafted(brain: TestBrain) -> None:
    scored(brain)
    draft = write_draft(brain, kind="outreach")
    judge(brain, draft)

    with refused("outreach_is_only_drafted"):
        publish(brain, draft)


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "content_manager", "ceo", "deliver"])
def test_only_publish_publishes(brain: TestBrain, role: str) -> None:
    scored(brain)
    draft = write_draft(brain)
    judge(brain, draft)

    with refused(NO_RIGHT):
        publish(brain, draft, role)


def test_only_the_editor_withdraws_a_draft_and_never_what_was_published(brain: TestBrain) -> None:
    scored(brain)
    draft = write_draft(brain)
    for role in ("content_worker", "content_auditor", "data_manager"):
        with refused("the_editor_supersedes_drafts"):
            brain.as_role(role).run("supersede_draft", draft_id=draft, reason="I do not like it any more")
    judge(brain, draft)
    publish(brain, draft)

    with refused("what_was_published_stays_published"):
        brain.as_role("content_manager").run("supersede_draft", draft_id=draft, reason="it never was")


@pytest.mark.parametrize("role", ["content_worker", "content_auditor", "publish"])
def test_nobody_edits_a_draft_not_even_its_auditor(brain: TestBrain, role: str) -> None:
    with refused(NO_RIGHT):
        brain.sql(role, f"UPDATE company.drafts SET body = 'It scores {SCORE}.'")


def test_a_draft_of_an_ended_session_is_refused(brain: TestBrain) -> None:
    session = session_of(brain, "content_worker")
    brain.as_role("content_worker").run(
        "close_session", session_id=session, outcome="skipped", evidence=None, reason="over"
    )

    with refused("a_fenced_session_writes_nothing"):
        brain.as_role("content_worker").run(
            "write_draft", session_id=session, kind="post", topic="t", title="t", body="b", facts="[]", task_id=None
        )


def test_the_number_of_things_in_a_draft_is_a_fact_too(brain: TestBrain) -> None:
    scored(brain)
    scored(brain, "X-2", "40.0")
    many = {"source": "draft", "key": "all", "field": "keys"}
    both = [fact(), fact("40.0", key="X-2")]

    right = write_draft(brain, body="All 2.", title="t", facts=[*both, {**many, "value": "2"}])
    judge(brain, right)

    with refused("a_draft_cites_what_is_in_force"):
        write_draft(brain, body="All 3.", title="t", facts=[*both, {**many, "value": "3"}])
    assert draft_row(brain, right)["status"] == "audited"


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("corrected_at = company.now()", "a_corrected_post_says_what_was_taken_back"),
        ("taken_back = '[]'", "facts_that_were_taken_back_have_their_time"),
    ],
)
def test_a_correction_is_whole_also_past_every_grant(brain: TestBrain, change: str, rule: str) -> None:
    scored(brain)
    draft = write_draft(brain)

    with refused(rule):
        run_sql(brain.as_login("superuser"), f"UPDATE company.drafts SET {change} WHERE id = %(id)s", id=draft)
