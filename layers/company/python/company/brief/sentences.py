"""What a model may write on the page: sentences, in places that are left to it. All else is the book's."""

from pydantic import BaseModel, ConfigDict, Field


class AboutFinding(BaseModel):
    """Two sentences about one finding. Where one is left out, the book's stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    done: str | None = Field(default=None, description="What was checked, and what is being done.")
    effect: str | None = Field(default=None, description="What customers notice of it.")


class Sentences(BaseModel):
    """The sentences of a brief, by place. Where one is left out, the book's stays."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    verdict: str = Field(description="Customers, what is broken, how many decisions, how many minutes.")
    findings: dict[str, AboutFinding] = Field(default={}, description='By number: {"F-1": {"effect": "..."}}.')
    domains: dict[str, str] = Field(default={}, description='By domain, without _manager: {"data": "..."}.')
    cant_say: list[str] = Field(default=[], description="What else we do not know; it is added to what the book says.")

    def of_finding(self, number: int) -> AboutFinding:
        return self.findings.get(f"F-{number}", AboutFinding())


NONE = Sentences(verdict="")
"""No sentence of a model: the page is all the book's."""
