"""What networks and servers do to a connection ends one fire at most, soon and clearly; the next one is well."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from company.brain import connection as connecting
from company.brain import waiting
from company.errors import BrainError, BrainUnreachable
from company.fire import wiring
from company.fire.fire import Fire
from company.fire.wiring import Container
from company.outcomes import Done, Outcome
from tests.support.acts import session_of
from tests.support.brains import PASSWORD, TestBrain, rotated
from tests.support.fires import Fires
from tests.support.proxies import Proxy, proxy_before

ROLE = "data_worker"


@pytest.fixture
def proxy(brain: TestBrain) -> Iterator[Proxy]:
    with proxy_before(brain.company.server.host, brain.company.server.port) as proxy:
        yield proxy


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waiting, in tenths of a second."""
    monkeypatch.setattr(waiting, "SILENCE_SECONDS", 0.3)
    monkeypatch.setattr(waiting, "LATE_SECONDS", 0.2)


def behind(proxy: Proxy, fire: Fires, work: Any) -> Container:
    """A container of data_worker whose brain is behind the proxy."""
    container = fire.container(ROLE, work)
    server = replace(fire.brain.company.server, host="127.0.0.1", port=proxy.port)
    container.settings = container.settings.model_copy(update={"brain_dsn": server.address(fire.brain.name)})
    return container


def well(_: Fire) -> Outcome:
    return Done({"rows": 1})


def cut_off(brain: TestBrain, container: Container) -> None:
    """The server ends the container's connection, as it does when it restarts."""
    brain.admin.execute("SELECT pg_terminate_backend(%s, 5000)", (container.brain().connection.info.backend_pid,))


def outcome(fire: Fires, container: Container, slot: int) -> str:
    return str(fire(ROLE, container=container, schedule=f"wake-{ROLE}-{slot}")["outcome"])


def test_a_connection_is_watched_by_the_kernel_and_never_a_standbys(brain: TestBrain) -> None:
    asked = brain.connect(ROLE).connection.info.get_parameters()

    expected = {"keepalives": "1", "keepalives_idle": "60", "keepalives_interval": "10", "keepalives_count": "3"}
    assert expected.items() <= asked.items()
    assert (asked["tcp_user_timeout"], asked["target_session_attrs"]) == ("10000", "read-write")


def test_a_swallowed_statement_ends_in_less_than_fifteen_seconds() -> None:
    two_addresses = 2 * waiting.CHECK_SECONDS
    assert waiting.SILENCE_SECONDS + two_addresses + waiting.LATE_SECONDS < 15
    assert (waiting.SILENCE_SECONDS, connecting.IDLE_SECONDS) == (9, 300)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("also_new", [False, True])
def test_a_fire_on_a_swallowed_connection_ends_clearly_and_the_next_is_well(
    proxy: Proxy, fire: Fires, also_new: bool
) -> None:
    container = behind(proxy, fire, well)
    assert outcome(fire, container, 1) == "done"
    proxy.swallow(also_new=also_new)

    with pytest.raises(BrainUnreachable, match="the connection was cut off"):
        outcome(fire, container, 2)

    proxy.swallows_new = False
    assert outcome(fire, container, 3) == "done"


@pytest.mark.usefixtures("quick")
def test_a_fire_that_is_cut_off_in_its_work_holds_nobody_up(proxy: Proxy, fire: Fires, brain: TestBrain) -> None:
    container = behind(proxy, fire, well)

    def work(at_work: Fire) -> Outcome:
        proxy.swallow()
        at_work.learn("odd", "never arrives")
        return Done({"rows": 1})

    with pytest.raises(BrainUnreachable, match="the connection was cut off"):
        outcome(fire, behind(proxy, fire, work), 1)

    # Nobody told the server: its end of the connection is there until its time is over.
    assert outcome(fire, container, 2) == "skipped"
    brain.wait(minutes=10)
    assert outcome(fire, container, 3) == "done"


@pytest.mark.usefixtures("quick")
def test_a_slow_statement_is_not_taken_for_a_lost_one(brain: TestBrain) -> None:
    login = brain.connect(ROLE)

    assert login.connection.execute("SELECT pg_sleep(1), 7 AS answer").fetchone() == {"pg_sleep": "", "answer": 7}


@pytest.mark.usefixtures("quick")
def test_a_slow_statement_ends_in_order_where_the_server_lets_nobody_in_to_ask(brain: TestBrain) -> None:
    """A token of RDS ends after 15 minutes, and an open connection outlives it."""
    login = brain.connect(ROLE)
    with rotated(brain, ROLE, "another"):
        answered = login.connection.execute("SELECT pg_sleep(1), 7 AS answer").fetchone()
    assert answered is not None and answered["answer"] == 7


@pytest.mark.usefixtures("quick")
def test_nobody_waits_for_ever_where_the_server_lets_nobody_in(
    brain: TestBrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waiting, "CLOSED_SECONDS", 0.1)
    login = brain.connect(ROLE)

    with rotated(brain, ROLE, "another"), pytest.raises(psycopg.OperationalError, match="cut off"):
        login.connection.execute("SELECT pg_sleep(2)")


@pytest.mark.usefixtures("quick")
def test_a_slow_network_is_only_slow(proxy: Proxy, fire: Fires) -> None:
    container = behind(proxy, fire, well)
    assert outcome(fire, container, 1) == "done"
    proxy.delay(0.05)

    assert outcome(fire, container, 2) == "done"


@pytest.mark.parametrize("fault", ["reset", "half_close"])
def test_a_connection_that_ended_between_two_fires_costs_none(proxy: Proxy, fire: Fires, fault: str) -> None:
    container = behind(proxy, fire, well)
    assert outcome(fire, container, 1) == "done"
    getattr(proxy, fault)()

    assert outcome(fire, container, 2) == "done"


@pytest.mark.parametrize("fault", ["reset", "half_close"])
def test_a_connection_that_ends_in_a_fire_ends_only_that(proxy: Proxy, fire: Fires, fault: str) -> None:
    def work(at_work: Fire) -> Outcome:
        getattr(proxy, fault)()
        at_work.learn("odd", "never arrives")
        return Done({"rows": 1})

    container = behind(proxy, fire, work)
    with pytest.raises(BrainUnreachable):
        outcome(fire, container, 1)

    container.code = replace(container.code, work=well)
    assert outcome(fire, container, 2) == "done"


def test_a_server_that_was_restarted_between_two_fires_costs_none(brain: TestBrain, fire: Fires) -> None:
    container = fire.container(ROLE, well)
    cut_off(brain, container)

    assert outcome(fire, container, 1) == "done"


def test_a_connection_that_was_not_used_for_five_minutes_is_not_used_again(
    fire: Fires, monkeypatch: pytest.MonkeyPatch
) -> None:
    container = fire.container(ROLE, well)
    first = container.brain()
    assert container.brain() is first
    monkeypatch.setattr(connecting, "IDLE_SECONDS", 0)

    assert container.brain() is not first
    assert first.connection.closed


def test_a_demoted_primary_is_left_after_one_fire(brain: TestBrain, fire: Fires) -> None:
    container = fire.container(ROLE, well)
    container.brain().connection.execute("SET default_transaction_read_only = on")

    with pytest.raises(BrainUnreachable, match="takes no writes, as a standby"):
        outcome(fire, container, 1)
    assert outcome(fire, container, 2) == "done"


def test_a_primary_that_is_demoted_in_a_transaction_is_left_too(brain: TestBrain) -> None:
    login = brain.connect(ROLE)

    with pytest.raises(BrainUnreachable, match="as a standby"), login.transaction():
        login.connection.execute("SET TRANSACTION READ ONLY")
        session_of(brain, ROLE, via=login)
    assert not login.is_usable()


def test_a_refused_write_of_a_reading_transaction_keeps_the_connection(brain: TestBrain) -> None:
    login = brain.connect(ROLE)

    with pytest.raises(BrainError, match="read-only transaction") as refused, login.reading():
        session_of(brain, ROLE, via=login)
    assert not isinstance(refused.value, BrainUnreachable)
    assert login.is_usable()


@pytest.mark.parametrize("condition", ["admin_shutdown", "crash_shutdown", "cannot_connect_now"])
def test_a_server_that_serves_no_more_gives_a_fresh_connection(brain: TestBrain, condition: str) -> None:
    login = brain.connect(ROLE)
    login._queries = {**login._queries, "ends": f"DO 'BEGIN RAISE {condition}; END'".encode()}

    with pytest.raises(BrainUnreachable):
        login.run("ends")
    assert not login.is_usable()


def test_a_pooler_that_drops_our_settings_is_refused_with_the_reason(brain: TestBrain, fire: Fires) -> None:
    container = fire.container(ROLE, well)
    container.brain().connection.execute("SET statement_timeout = 0")

    with pytest.raises(BrainError, match="BRAIN_DSN is the address of a pooler"):
        outcome(fire, container, 1)
    [session] = brain.sql("owner", "SELECT outcome, reason FROM company.sessions")
    assert (session["outcome"], "the server's own address" in session["reason"]) == ("crashed", True)


def test_a_standby_is_refused_with_the_reason(brain: TestBrain) -> None:
    brain.admin.execute(f'ALTER DATABASE "{brain.name}" SET default_transaction_read_only = on')

    with pytest.raises(BrainUnreachable, match="read-only"):
        brain.connect(ROLE)


class Passwords:
    """What SSM has, and how often it was asked."""

    def __init__(self, *given: str) -> None:
        self.given = list(given)
        self.asked = 0

    def __call__(self, *_: object) -> str:
        self.asked += 1
        return self.given[min(self.asked, len(self.given)) - 1]


def warm_container(fire: Fires, monkeypatch: pytest.MonkeyPatch, *passwords: str) -> tuple[Container, Passwords]:
    """A container whose password comes from SSM."""
    ssm = Passwords(*passwords)
    monkeypatch.setattr(wiring, "fetch_password", ssm)
    container = fire.container(ROLE, well, brain_password=None)
    return container, ssm


def test_a_rotated_password_is_asked_for_once_more(
    brain: TestBrain, fire: Fires, monkeypatch: pytest.MonkeyPatch
) -> None:
    container, ssm = warm_container(fire, monkeypatch, PASSWORD, "rotated")
    assert outcome(fire, container, 1) == "done"
    with rotated(brain, ROLE, "rotated"):
        cut_off(brain, container)
        assert (outcome(fire, container, 2), ssm.asked) == ("done", 2)
        assert (outcome(fire, container, 3), ssm.asked) == ("done", 2)


def test_each_connection_has_a_token_of_its_own(brain: TestBrain, fire: Fires, monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of RDS is good for 15 minutes: what was given before is not tried again."""
    container, rds = warm_container(fire, monkeypatch, PASSWORD)
    container.settings = container.settings.model_copy(update={"brain_auth": "iam"})
    assert (outcome(fire, container, 1), outcome(fire, container, 2), rds.asked) == ("done", "done", 1)
    cut_off(brain, container)

    assert (outcome(fire, container, 3), rds.asked) == ("done", 2)


def test_the_same_refused_password_is_asked_for_once_a_fire_and_said(
    brain: TestBrain, fire: Fires, monkeypatch: pytest.MonkeyPatch
) -> None:
    container, ssm = warm_container(fire, monkeypatch, PASSWORD)
    assert outcome(fire, container, 1) == "done"
    with rotated(brain, ROLE, "known to nobody"):
        cut_off(brain, container)
        with pytest.raises(BrainUnreachable, match=f"{ROLE}.*password") as refused:
            outcome(fire, container, 2)

    assert (ssm.asked, PASSWORD in str(refused.value)) == (2, False)
    assert outcome(fire, container, 3) == "done"


def test_a_password_of_the_environment_is_not_looked_for_elsewhere(
    brain: TestBrain, fire: Fires, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "fetch_password", Passwords())
    with rotated(brain, ROLE, "known to nobody"), pytest.raises(BrainUnreachable):
        outcome(fire, fire.container(ROLE, well), 1)
