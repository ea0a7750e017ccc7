"""Every command that reads prints of a stack what it prints of the desk; and a fault of AWS is one clear line."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from company.aws.clients import Cloud
from tests.cli.conftest import Watchbill
from tests.cli.stacks import STACK, founded, point_the_shell_at
from tests.support import days
from tests.support.brains import Company, TestBrain, brain_of
from watchbill.cli import stack as stacks
from watchbill.cli.choice import take_choice
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.home import LastDay, remember

CUSTOMER = "Alder Bank"
PAGES = (
    "brief", "brief --date 2026-03-12", "brief --html", "why F-1", "why D-1", "why data_worker", "why T-1",
    "why heartbeat", "slots", "slots data_worker", "org", "org --all", "tasks", "findings", "findings --all",
    "audits", "cost", "decide", "decide D-1", "approvals", "customers", "customers list", "changes", "changes list",
    f"customers deliveries,{CUSTOMER}", f"customers keys,{CUSTOMER}", f"customers handled,{CUSTOMER}",
    f"customers inventory,{CUSTOMER}", f"customers preview,{CUSTOMER}", "look-up CVE-2026-0001",
    "as-of 2026-03-11 CVE-2026-0001", "cve CVE-2026-0001",
)  # fmt: skip
WITHOUT_JSON = ("brief --html", "decide D-1")
REFUSED = (
    "brief --date 2020-01-01", "why F-999", "why nobody", "slots nobody", "decide D-99", "customers keys,Nobody",
    "changes show,C-99", "logs nobody", "look-up nonsense", "approvals no_such_action", "resume nobody",
)  # fmt: skip


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalAws]:
    with desk_cloud() as running:
        yield running


@pytest.fixture(scope="module")
def brain(template_brain: Company) -> Iterator[TestBrain]:
    """One company after a bad day; the commands only read it."""
    with brain_of(template_brain) as read:
        days.a_bad_day(read)
        days.written_brief(read)
        yield read


@pytest.fixture(scope="module")
def company(cloud: LocalAws, brain: TestBrain) -> Iterator[stacks.StackCompany]:
    """Looked up once: making clients takes longer than all the commands."""
    with founded(cloud, brain), pytest.MonkeyPatch.context() as shell:
        point_the_shell_at(cloud, shell)
        found = stacks.find_company(STACK, Cloud())
        for service in ("ssm", "logs"):
            found.cloud.client(service)
        yield found


@pytest.fixture(autouse=True)
def on_both(
    company: stacks.StackCompany, last_day: LastDay, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """The same brain as the desk's last day, in which nothing is simulated, and as a stack's."""
    remember(home, replace(last_day, data_kind=""))
    monkeypatch.setattr(stacks, "_looked_up", lambda _: company)
    yield
    take_choice([], {})


def words(command: str) -> list[str]:
    """'customers keys,Alder Bank' as three words."""
    plain, *rest = command.split(",")
    return [*plain.split(), *rest]


@pytest.mark.parametrize("command", PAGES)
def test_a_page_of_a_stack_is_the_desks(watchbill: Watchbill, command: str) -> None:
    for more in ((), ("--json",)) if command not in WITHOUT_JSON else ((),):
        here = watchbill(*words(command), *more)
        there = watchbill(*words(command), *more, "--aws", STACK)

        assert (here.code, here.err) == (0, "") or command.startswith(("look-up", "as-of", "cve", "why T"))
        assert there == here


@pytest.mark.parametrize("command", REFUSED)
def test_what_the_desk_refuses_a_stack_refuses_in_the_same_words(watchbill: Watchbill, command: str) -> None:
    here, there = watchbill(*words(command)), watchbill(*words(command), "--aws", STACK)

    assert here.code != 0 and there == here
