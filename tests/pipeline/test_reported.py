"""Whatever changed for a customer is in one page that arrives: whenever it became visible, and whatever was refused."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from company.vertical import Customer
from patchfirst.scores import SCORES
from tests.pipeline.grown import grown
from tests.pipeline.works import Works, epss, kev_of

FERRY = Customer("Northferry Logistics", "ferry@northferry.invalid", "brief", {"min_score": 0})
SENDER = "company@example.invalid"


@contextmanager
def _past_every_rule(works: Works) -> Iterator[psycopg.Connection[Any]]:
    with works.brain.admin as connection:
        connection.execute("SET session_replication_role = replica")
        yield connection


class World:
    """What happens outside: changes at any moment, some visible later, and mail servers that refuse."""

    def __init__(self, works: Works) -> None:
        self.works = works
        self.changes: list[tuple[str, str]] = []

    def list_an_entry(self, *, minutes_late: int = 0) -> None:
        cve = self._known_cve()
        at = self.works.brain.now() - timedelta(minutes=minutes_late)
        with _past_every_rule(self.works) as past:
            past.execute(
                "INSERT INTO patchfirst.kev (cve, vendor, product, title, date_added, ransomware, first_seen_at,"
                " valid_from, batch_id) VALUES (%s, 'Harbourgate', 'Edge', 'T', '2026-03-01', false, %s, %s, 1)",
                (cve, at, at),
            )
        self.changes.append((cve, "known_exploited"))

    def move_a_score(self, *, minutes_late: int = 0) -> None:
        cve = self._known_cve()
        at = self.works.brain.now() - timedelta(minutes=minutes_late)
        with _past_every_rule(self.works) as past:
            past.execute(
                "INSERT INTO company.score_history (entity, old_score, new_score, old_parts, new_parts, old_version,"
                " new_version, valid_from, valid_to, pass_id) SELECT %s, 20, 50, parts, parts, %s, %s, %s, %s, 1"
                " FROM (SELECT array_fill(0::real, ARRAY[10]) AS parts) AS p",
                (cve, SCORES.version, SCORES.version, at - timedelta(days=2), at),
            )
        self.changes.append((cve, "score_moved"))

    def _known_cve(self) -> str:
        cve = f"CVE-2025-{91000 + len(self.changes)}"
        with _past_every_rule(self.works) as past:
            past.execute("INSERT INTO company.entities (entity, sources) VALUES (%s, '{epss}')", (cve,))
            past.execute(
                "INSERT INTO company.scores (entity, score, parts, model_version)"
                " VALUES (%s, 50, array_fill(0::real, ARRAY[10]), %s)",
                (cve, SCORES.version),
            )
        return cve

    def refuse_mail(self, *, refuses: bool) -> None:
        ses = self.works.cloud.client("ses")
        act = ses.delete_identity if refuses else ses.verify_email_identity
        act(**{"Identity" if refuses else "EmailAddress": SENDER})

    def deliver(self, **span: float) -> None:
        self.works.brain.wait(**span)
        self.works.run("deliver")

    def arrived(self) -> Counter[tuple[str, str]]:
        """How many pages that were sent report each change."""
        pages = self.works.rows("SELECT items FROM company.deliveries WHERE status = 'sent'")
        return Counter((item["cve"], item["what"]) for page in pages for item in page["items"])


def _serve(works: Works) -> None:
    """Three entries known, and a customer who was served two hours ago."""
    works.take_in("kev", kev_of(3))
    works.take_in("epss", epss("CVE-2025-90001,0.9,0.99"))
    works.run("link", "score")
    works.open_for(FERRY)
    works.run("deliver")
    works.brain.wait(hours=2)


template_brain = grown(_serve)


@pytest.fixture
def world(works: Works) -> World:
    return World(works)


def test_what_an_alerts_span_held_beside_the_alert_is_in_the_daily_page(world: World) -> None:
    world.works.brain.wait(hours=1)
    world.move_a_score()
    world.list_an_entry()
    world.deliver(minutes=1)

    assert world.arrived() == {("CVE-2025-91001", "known_exploited"): 1}

    world.deliver(hours=24)
    assert world.arrived() == dict.fromkeys(world.changes, 1)


def test_what_is_committed_after_the_page_of_its_moment_is_in_the_next(world: World) -> None:
    world.move_a_score(minutes_late=10)
    world.list_an_entry(minutes_late=10)

    world.deliver(hours=24)

    assert world.arrived() == dict.fromkeys(world.changes, 1)


def test_what_changed_at_the_very_moment_of_a_page_is_in_one_page(world: World) -> None:
    moment = world.works.value("SELECT max(covers_to) FROM company.deliveries")
    world.works.brain.set_now(moment)
    world.move_a_score()

    world.deliver(hours=24)
    world.deliver(hours=24)

    assert world.arrived() == dict.fromkeys(world.changes, 1)


def test_a_page_that_was_refused_counts_as_unread(world: World) -> None:
    world.move_a_score()
    world.refuse_mail(refuses=True)
    world.deliver(hours=24)
    world.list_an_entry()
    world.deliver(hours=1)
    assert world.arrived() == {}

    world.refuse_mail(refuses=False)
    world.deliver(hours=72)

    assert world.arrived() == dict.fromkeys(world.changes, 1)


def test_an_alert_that_was_refused_is_not_written_at_each_fire(world: World) -> None:
    world.refuse_mail(refuses=True)
    world.list_an_entry()

    for _ in range(4):
        world.deliver(minutes=5)

    assert world.works.value("SELECT count(*) FROM company.deliveries WHERE occasion = 'important'") == 1


def test_a_page_that_came_back_is_made_up_for_by_the_next(world: World) -> None:
    world.move_a_score()
    world.deliver(hours=24)
    world.works.brain.admin.execute(
        "UPDATE company.outbox SET mail_status = 'bounced', mail_status_at = company.now()"
        " WHERE id = (SELECT max(outbox_id) FROM company.deliveries)"
    )

    for _ in range(3):
        world.deliver(hours=24)

    pages = world.works.rows("SELECT items FROM company.deliveries ORDER BY id")
    assert [len(page["items"]) for page in pages] == [0, 1, 1, 0, 0]


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_of_changes_and_pages_each_change_arrives_once(world: World, seed: int) -> None:
    dice = random.Random(seed)

    for _ in range(14):
        world.works.brain.wait(minutes=dice.choice([0, 1, 3, 400, 900]))
        act = dice.choice(["move", "list", "deliver", "deliver", "refuse"])
        if act == "move":
            world.move_a_score(minutes_late=dice.choice([0, 0, 7, 60]))
        elif act == "list":
            world.list_an_entry(minutes_late=dice.choice([0, 0, 7, 60]))
        elif act == "refuse":
            world.refuse_mail(refuses=dice.random() < 0.5)
        else:
            world.deliver(minutes=dice.choice([1, 30, 700]))
    world.refuse_mail(refuses=False)
    world.deliver(hours=30)
    world.deliver(hours=30)

    assert world.arrived() == dict.fromkeys(world.changes, 1)
