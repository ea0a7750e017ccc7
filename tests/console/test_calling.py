"""console: a role that is called does what its schedule would fire."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from console import work


class Gone(Exception):
    """What Lambda says of an alias, or a function, that is not there."""


class Lambda:
    """As far as a call needs it: it knows these functions and aliases."""

    exceptions = SimpleNamespace(ResourceNotFoundException=Gone)

    def __init__(self, *known: str) -> None:
        self.known, self.invoked = known, list[str]()

    def invoke(self, *, FunctionName: str, **_: Any) -> None:  # noqa: N803  as boto3 names it
        if FunctionName not in self.known:
            raise Gone(FunctionName)
        self.invoked.append(FunctionName)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Lambda:
    lambdas = Lambda("acme-check", "acme-check:live", "acme-ceo")
    container = SimpleNamespace(
        brain=lambda: SimpleNamespace(now=lambda: datetime(2026, 3, 12, tzinfo=UTC)),
        settings=SimpleNamespace(company="acme"),
        cloud=SimpleNamespace(client=lambda _: lambdas),
        log=SimpleNamespace(warning=lambda *_, **__: None),
    )
    monkeypatch.setattr(work, "_container", lambda: container)
    return lambdas


def test_a_role_of_the_product_is_called_at_the_version_in_force(aws: Lambda) -> None:
    """Its newest code may be a change that was taken back."""
    work.call("check")

    assert aws.invoked == ["acme-check:live"]


def test_a_role_without_an_alias_is_called_as_it_is(aws: Lambda) -> None:
    assert work.call("ceo").startswith("ceo was called")
    assert aws.invoked == ["acme-ceo"]


def test_a_role_without_a_function_is_not_said_to_be_called(aws: Lambda) -> None:
    assert work.call("nobody") == "nobody could not be called (Gone); it reads this at its next fire."
