"""content_auditor: a draft's text says what its facts say, of the things that they are about, and nothing beside."""

from tests.functions.office import Office
from tests.support.drafts import fact, scored, write_draft

TRUE = "X-1 scores 81.5."
OTHER = {"key": "X-2", "value": "12.0"}
FALSE_TEXTS = {
    "X-1 scores 91.5.": "it does not say scores X-1 score 81.5; nothing is cited for 91.5",
    "X-1 scores 81.5, for the 7th time.": "nothing is cited for 7th",
    "X-1 scores 81.5. Read https://example.invalid/offer": "it sends its readers to https://example.invalid/offer",
    "X-1 scores 12.0.\nX-2 scores 81.5.": "it says 12.0 about X-1, of which no fact says so",
    "X-1 scores high.\nX-2 scores 12.0.": "it does not say scores X-1 score 81.5",
}
"""A text whose every fact is right, and what is said of it."""


def test_a_text_that_says_something_else_than_its_facts_is_rejected(office: Office) -> None:
    brain = office.works.brain
    scored(brain)
    scored(brain, "X-2", "12.0")
    for body in FALSE_TEXTS:
        facts = [fact(), fact(**OTHER)] if "X-2" in body else [fact()]
        draft = write_draft(brain, body="X-1 scores 81.5.\nX-2 scores 12.0." if len(facts) > 1 else TRUE, facts=facts)
        brain.admin.execute("UPDATE company.drafts SET body = %s WHERE id = %s", (body, draft))
    write_draft(brain, body=TRUE)

    office.run("content_auditor")

    judged = office.rows("SELECT body, status, reason FROM company.drafts ORDER BY id")
    assert [row["status"] for row in judged] == [*["rejected"] * len(FALSE_TEXTS), "audited"]
    for row in judged[:-1]:
        assert FALSE_TEXTS[row["body"]] in row["reason"], row
