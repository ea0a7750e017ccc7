"""Updates of a function as Lambda takes them: each goes on after its call, and is waited for; another's wins."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from company.errors import CompanyError, ToolError
from company.fire.fire import Fire

POLL_SECONDS = 0.5
OF_ANOTHER = ("ResourceConflictException", "PreconditionFailedException")
"""What Lambda answers while another call's update of a function is on its way, or where an alias is not as read."""

NOT_ALLOWED = ("AccessDenied", "AccessDeniedException")
"""What AWS answers to who has no right to a call: also while a deploy of the owner's replaces the policy."""


class AnotherDeploys(CompanyError):
    """Another deploy has moved an alias, or is at work on a function; it wins."""


def set_layers(fire: Fire, name: str, layers: list[str]) -> dict[str, str]:
    """Waits until Lambda has taken it: a version that is published before has the layers of before.

    What was read last, for the next call to name: Lambda refuses that when somebody else has changed it since.
    """
    state = _settled(fire, name)
    if list(layers_in(state)) != layers:
        with another_wins(name):
            fire.cloud.client("lambda").update_function_configuration(
                FunctionName=name, Layers=layers, **as_read(state)
            )
        state = _settled(fire, name)
    if state.get("LastUpdateStatus") == "Failed":
        raise ToolError(f"Lambda did not take the layers of {name}: {state.get('LastUpdateStatusReason')}")
    return as_read(state)


def _settled(fire: Fire, name: str) -> Mapping[str, Any]:
    """The newest configuration, when no update of it is on its way; one may be of a fire that died."""
    while (state := configuration(fire, name)).get("LastUpdateStatus") == "InProgress":
        _wait(fire)
    return state


def configuration(fire: Fire, name: str, **more: str) -> Mapping[str, Any]:
    found: Mapping[str, Any] = fire.cloud.client("lambda").get_function_configuration(FunctionName=name, **more)
    return found


def as_read(state: Mapping[str, Any]) -> dict[str, str]:
    return {"RevisionId": state["RevisionId"]} if state.get("RevisionId") else {}


def _wait(fire: Fire) -> None:
    fire.budget.require_time()
    time.sleep(POLL_SECONDS)


def wait_until_active(fire: Fire, name: str, version: str) -> None:
    """A new version is Pending at first, and Lambda invokes none that is."""
    while (found := configuration(fire, name, Qualifier=version)).get("State") == "Pending":
        _wait(fire)
    if found.get("State") == "Failed":
        raise ToolError(f"version {version} of {name} is Failed: {found.get('StateReason', 'no reason')}")


@contextmanager
def another_wins(name: str) -> Iterator[None]:
    """Raises AnotherDeploys where Lambda says that somebody else changes the function, or has changed its alias."""
    try:
        yield
    except refusal_of_aws() as error:
        if _code_of(error) in OF_ANOTHER:
            raise AnotherDeploys(f"another deploy is at work on {name}: {error}") from error
        raise


def refusal_of_aws() -> type[Exception]:
    """What AWS raises when it refuses a call for good; a busy service was asked again already."""
    from botocore.exceptions import ClientError  # noqa: PLC0415  a fire with nothing to deploy needs none of it

    return ClientError


def is_not_allowed(error: Exception) -> bool:
    return _code_of(error) in NOT_ALLOWED


def _code_of(error: Exception) -> str:
    """AWS's own name of an error; '' of any other."""
    return str(getattr(error, "response", {}).get("Error", {}).get("Code", ""))


def layers_in(configuration: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(layer["Arn"]) for layer in configuration.get("Layers", []))
