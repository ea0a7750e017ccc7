"""What a model may say on the page: sentences, in the places left to whoever writes. All else is the book's."""

from pydantic import BaseModel, ConfigDict, Field


class AboutFinding(BaseModel):
    """Two sentences on one broken thing. A sentence that is left out stays the book's."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    done: str | None = Field(default=None, description="What was checked, and what is being done.")
    effect: str | None = Field(default=None, description="What customers notice of it.")


class Sentences(BaseModel):
    """The sentences of a brief, by place. A place that is left out keeps the book's sentence."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: str = Field(description="Customers, what is broken, how many decisions, how many minutes.")
    findings: dict[str, AboutFinding] = Field(default={}, description='By number: {"F-1": {"effect": "..."}}.')
    domains: dict[str, str] = Field(default={}, description='By domain, without _manager: {"data": "..."}.')
    cant_say: list[str] = Field(default=[], description="What else we do not know; it is added to what the book says.")

    def of_finding(self, number: int) -> AboutFinding:
        return self.findings.get(f"F-{number}", AboutFinding())


NONE = Sentences(verdict="")
"""The book's own page."""
