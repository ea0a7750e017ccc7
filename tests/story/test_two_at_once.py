"""Two companies at work on one machine at the same time: in one checkout, and as two users. Neither meets the other."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.support.brain_digests import digests_of
from tests.support.checkouts import Checkout, copied_checkout
from tests.support.second_owner import ordinary_user, second_owner
from watchbill.cloud.postgres.shared_server import desk_server
from watchbill.desk.companies import database_of

QUAKES = Path(__file__).resolve().parents[1] / "quakes"
DAY = ("day", "--calm", "--hours", "1")
MAY_DIFFER = {
    *("company.fetches.url", "company.raw_documents.url"),  # the port of the desk's feeds
    *(
        "company.fetches.ms",
        "company.routes.last_ms",
        "company.raw_documents.headers",
    ),  # the real clock, as what follows
    *("company.schedules.modified_at", "migrations.applied.applied_at", "company.score_passes.code_since"),
    *("company.outbox.receipt", "company.mail_events.event_key", "migrations.logins.verifier"),  # made by chance
    *("company.audits.recorded_in", "migrations.applied.digest"),  # a transaction; SQL with the company's own name
}
"""Of what a brain holds: all else is the same in two days of one code, each value of each column."""
SAME = ("fires", "failed_fires", "slots", "pipelines", "notes")

pytestmark = pytest.mark.slow


@pytest.fixture
def checkout(tmp_path: Path) -> Iterator[Checkout]:
    with copied_checkout(tmp_path, is_apart=True, VERTICAL="quakes") as checkout:
        checkout.add_files(QUAKES)
        yield checkout


def test_two_days_at_once_in_one_checkout_are_the_same_day(checkout: Checkout) -> None:
    with ThreadPoolExecutor(2) as both:
        first, second = both.map(lambda _: checkout.json(*DAY), range(2))

    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
    assert (first["failed_fires"], first["notes"]) == (0, [])
    one, other = _digests_of_all(checkout)
    assert one.keys() == other.keys()
    assert sum(digest is not None for digest in one.values()) > 250
    assert {name for name in one if one[name] != other[name]} <= MAY_DIFFER


def _digests_of_all(checkout: Checkout) -> list[dict[str, str | None]]:
    """Of each company of the checkout, in its own database."""
    companies = sorted(path.name for path in (checkout.home / "desk" / "companies").iterdir())
    with desk_server(checkout.home) as server:
        return [digests_of(server.dsn(database_of(company)), company) for company in companies]


@pytest.mark.skipif(ordinary_user() is None, reason="only root may act as another user, and needs a Python for all")
def test_two_users_at_once_have_nothing_in_common(checkout: Checkout) -> None:
    account = ordinary_user()
    assert account is not None
    folder = Path(tempfile.mkdtemp(prefix="second-owner-"))  # pytest's own folders are closed to other users
    try:
        with second_owner(account, checkout, folder) as other:
            for command in ((*DAY, "--json"), ("up", "--for", "0")):
                theirs = other.started(*command)
                mine = checkout.run(*command)
                printed, errors = theirs.communicate(timeout=280)
                assert (mine.returncode, theirs.returncode) == (0, 0), mine.stderr + errors
                if "--json" in command:
                    first, second = json.loads(mine.stdout), json.loads(printed)
                    assert {name: first[name] for name in SAME} == {name: second[name] for name in SAME}
            stopped = other.started("stop")
            assert stopped.communicate(timeout=60)[0].startswith("The company is stopped")
    finally:
        shutil.rmtree(folder)
