"""Keys of customers' programs: only a salted hash is kept, a rate holds also between two at once, and an end is one."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from company.api.keys import find_key, give_key
from company.brain import Brain
from tests.support.brains import TestBrain, run_sql
from tests.support.refusals import NO_RIGHT, refused

CUSTOMER = {"name": "Alder Bank", "email": "desk@alder.invalid", "kind": "brief", "filters": {}}


@pytest.fixture
def key(brain: TestBrain) -> tuple[str, str]:
    """(name, whole key) of a key that may ask three times a minute."""
    brain.owner.run("add_customer", **CUSTOMER)
    return give_key(brain.owner, "Alder Bank", 3)


def _take(brain: TestBrain, name: str) -> float:
    return float(brain.as_role("lookup").value("take_request", key_id=name, is_limited=True))


def test_the_key_itself_is_nowhere_in_the_brain(brain: TestBrain, key: tuple[str, str]) -> None:
    [row] = brain.as_login("superuser").execute("SELECT k::text AS kept FROM company.customer_keys k").fetchall()

    assert key[0] in row["kept"]
    assert key[1].split("_", 2)[2] not in row["kept"]


def test_a_key_with_one_wrong_sign_opens_nothing(brain: TestBrain, key: tuple[str, str]) -> None:
    lookup, (name, whole) = brain.as_role("lookup"), key
    wrong = [whole[:-1] + ("A" if whole[-1] != "A" else "B"), whole[:-1], whole + "A", whole.upper(), "", "wbk__", name]

    assert find_key(lookup, whole) is not None
    assert [find_key(lookup, given) for given in wrong] == [None] * len(wrong)


def test_a_rate_is_spent_and_comes_back_with_time(brain: TestBrain, key: tuple[str, str]) -> None:
    spent = [_take(brain, key[0]) for _ in range(5)]

    assert spent[:3] == [0, 0, 0]
    assert spent[3:] == [20, 20], "a refused request costs nothing"
    brain.wait(seconds=20)
    assert [_take(brain, key[0]), _take(brain, key[0])] == [0, 20]
    brain.wait(hours=1)
    assert [_take(brain, key[0]) > 0 for _ in range(4)] == [False, False, False, True]


def test_many_requests_at_once_get_no_more_than_the_rate(brain: TestBrain, key: tuple[str, str]) -> None:
    connections = [brain.connect("lookup") for _ in range(4)]

    def take(connection: Brain) -> float:
        return float(connection.value("take_request", key_id=key[0], is_limited=True))

    with ThreadPoolExecutor(4) as pool:
        waits = list(pool.map(take, connections))

    assert sorted(wait == 0 for wait in waits) == [False, True, True, True]


def test_a_replaced_key_works_for_a_day_and_an_ended_one_no_more(brain: TestBrain, key: tuple[str, str]) -> None:
    new_name, new = give_key(brain.owner, "Alder Bank", 60)
    brain.owner.run("end_other_keys", but_key=new_name, ends_at=brain.now() + timedelta(hours=24))
    lookup = brain.as_role("lookup")

    brain.wait(hours=23)
    assert find_key(lookup, key[1]) is not None
    brain.wait(hours=1)
    assert find_key(lookup, key[1]) is None
    assert find_key(lookup, new) is not None
    assert brain.owner.value("end_customer_key", key_id=new_name) is True
    assert find_key(lookup, new) is None
    assert brain.owner.value("end_customer_key", key_id=new_name) is False


def test_an_end_that_was_sooner_stays(brain: TestBrain, key: tuple[str, str]) -> None:
    brain.owner.run("end_customer_key", key_id=key[0])
    new_name, _ = give_key(brain.owner, "Alder Bank", 60)

    assert brain.owner.value("end_other_keys", but_key=new_name, ends_at=brain.now() + timedelta(hours=24)) == 0


def test_a_customer_has_five_keys_at_most_and_a_stranger_none(brain: TestBrain, key: tuple[str, str]) -> None:
    for _ in range(4):
        give_key(brain.owner, "Alder Bank", 60)

    with refused("a_customer_has_five_keys_at_most"):
        give_key(brain.owner, "Alder Bank", 60)
    with refused("a_key_belongs_to_a_customer"):
        give_key(brain.owner, "Nobody", 60)
    with refused("a_customer_key_may_ask_at_times"):
        brain.owner.run("end_customer_key", key_id=key[0])
        give_key(brain.owner, "Alder Bank", 0)


@pytest.mark.parametrize("role", ["ceo", "deliver", "data_worker", "lookup"])
def test_nobody_but_the_owner_gives_keys(brain: TestBrain, role: str) -> None:
    for statement in (
        "SELECT company.make_customer_key('Alder Bank', 'aaaaaaaaaaaa', '', '', 1)",
        "SELECT company.end_customer_key('aaaaaaaaaaaa')",
        "SELECT * FROM company.list_customer_keys('Alder Bank')",
        "SELECT * FROM company.customer_keys",
    ):
        with refused(NO_RIGHT):
            brain.sql(role, statement)


def test_the_console_gives_and_ends_none_without_an_act_of_the_owners_and_reads_no_hash(
    brain: TestBrain, key: tuple[str, str]
) -> None:
    for statement in (
        "SELECT company.make_customer_key('Alder Bank', 'aaaaaaaaaaaa', '', '', 1)",
        "SELECT company.end_customer_key(%(key)s)",
        "SELECT company.end_other_keys(%(key)s, company.now())",
    ):
        with refused("only_the_owner_gives_keys"):
            brain.sql("console", statement, key=key[0])
    with refused(NO_RIGHT):
        brain.sql("console", "SELECT * FROM company.customer_keys")

    [listed] = brain.sql("console", "SELECT * FROM company.list_customer_keys('Alder Bank')")
    assert (listed["key_id"], listed["has_ended"]) == (key[0], False)


@pytest.mark.parametrize("role", ["ceo", "deliver", "console", "owner"])
def test_only_the_lookup_reads_hashes_and_counts(brain: TestBrain, role: str) -> None:
    for statement in ("SELECT * FROM company.find_customer_key('x')", "SELECT company.take_request('x', true)"):
        with refused(NO_RIGHT):
            brain.sql(role, statement)


def test_past_its_grants_only_the_owner_gives_keys(brain: TestBrain) -> None:
    with refused("only_the_owner_gives_keys"):
        run_sql(brain.as_login("migrate"), "SELECT company.end_customer_key('aaaaaaaaaaaa')")


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        ("a_customer_key_has_a_name", "'Not a name', '{salt}', '{hash}', 1"),
        ("a_customer_key_is_kept_as_a_salted_hash", "'aaaaaaaaaaaa', '', '{hash}', 1"),
        ("a_customer_key_is_kept_as_a_salted_hash", "'aaaaaaaaaaaa', '{salt}', 'secret', 1"),
        ("a_customer_key_may_ask_at_times", "'aaaaaaaaaaaa', '{salt}', '{hash}', 100001"),
    ],
)
def test_a_key_that_is_kept_otherwise_is_refused(
    brain: TestBrain, key: tuple[str, str], rule: str, values: str
) -> None:
    written = values.format(salt="s" * 16, hash="h" * 32)

    with refused(rule):
        brain.sql("owner", f"SELECT company.make_customer_key('Alder Bank', {written})")
