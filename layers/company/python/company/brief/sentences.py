"""What a model may say on the page: sentences, in the places left to whoever writes. All else is the book's."""

from pydantic import BaseModel, ConfigDict


class AboutFinding(BaseModel):
    """Two sentences on one broken thing. A sentence that is left out stays the book's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    done: str | None = None
    """What was checked, and what is being done."""
    effect: str | None = None
    """What customers notice of it."""


class Sentences(BaseModel):
    """The sentences of a brief, by place. A place that is left out keeps the book's sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: str
    """The page in one or two sentences: customers, what is broken, how many decisions, how many minutes."""
    findings: dict[str, AboutFinding] = {}
    """By number: {"F-1": {"done": "...", "effect": "..."}}."""
    domains: dict[str, str] = {}
    """By domain, without _manager: {"data": "..."}."""
    cant_say: list[str] = []
    """What else we do not know. What the book does not know stays on the page."""

    def of_finding(self, number: int) -> AboutFinding:
        return self.findings.get(f"F-{number}", AboutFinding())


NONE = Sentences(verdict="")
"""The book's own page."""
