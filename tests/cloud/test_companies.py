"""What a killed command left of a company goes at the next start; a living one, and those that ended well, stay."""

from pathlib import Path

import pytest

from tests.cloud.servers import databases, logins
from watchbill.cloud.postgres.shared_server import Server
from watchbill.desk.companies import KEPT, database_of, living, remove_dead
from watchbill.errors import DeskError
from watchbill.home import LastDay, companies_folder, remember, snapshot_folder


def make(home: Path, server: Server, company: str, *, ended: bool = False, where: str = "embedded") -> None:
    """A company as a command makes it: killed on its way, or ended with its snapshot."""
    with living(home, company, where):
        server.create_database(database_of(company))
        server.create_migrator(database_of(company), f"{company}_migrate", "secret")
        if ended:
            snapshot_folder(home, company).mkdir()


def companies(home: Path) -> set[str]:
    return {folder.name for folder in companies_folder(home).iterdir()}


def test_a_killed_company_goes_with_its_logins_and_a_living_one_stays(tmp_path: Path, server: Server) -> None:
    make(tmp_path, server, "desk_dead")
    with living(tmp_path, "desk_alive", "embedded"):
        server.create_database(database_of("desk_alive"))

        remove_dead(tmp_path, server, None)

        assert companies(tmp_path) == {"desk_alive"}
        assert databases(server) == {"watchbill_desk_alive"}
        assert "desk_dead_migrate" not in logins(server)


def test_a_command_killed_before_its_database_leaves_nothing(tmp_path: Path, server: Server) -> None:
    (companies_folder(tmp_path) / "desk_early").mkdir()

    remove_dead(tmp_path, server, None)

    assert companies(tmp_path) == set()


def test_the_last_company_and_the_newest_that_ended_stay(tmp_path: Path, server: Server) -> None:
    for number in range(KEPT + 3):
        make(tmp_path, server, f"desk_{number}", ended=True)
    remember(tmp_path, LastDay("watchbill_desk_0", "desk_0", "quakes", "sample data", "2026-03-11", "", {}))

    remove_dead(tmp_path, server, None)

    newest = {f"desk_{number}" for number in range(3, KEPT + 3)}
    assert companies(tmp_path) == {"desk_0"} | newest
    assert databases(server) == {database_of(company) for company in companies(tmp_path)}


def test_a_company_on_another_server_is_left_for_a_start_on_that_server(tmp_path: Path, server: Server) -> None:
    place = f"{server.host}:{server.port}"
    make(tmp_path, server, "desk_theirs", where=place)

    remove_dead(tmp_path, server, None)
    assert companies(tmp_path) == {"desk_theirs"}

    remove_dead(tmp_path, server, server.dsn())
    assert (companies(tmp_path), databases(server)) == (set(), set())
    assert "desk_theirs_migrate" not in logins(server)


def test_on_an_owners_server_nobody_elses_database_is_touched(tmp_path: Path, server: Server) -> None:
    server.create_database("watchbill_desk_of_another_checkout")

    remove_dead(tmp_path, server, server.dsn())
    assert databases(server) == {"watchbill_desk_of_another_checkout"}

    remove_dead(tmp_path, server, None)
    assert databases(server) == set(), "in this checkout's own server it is a leftover"


def test_two_commands_never_work_on_one_company(tmp_path: Path) -> None:
    with (
        living(tmp_path, "desk_a", "embedded"),
        pytest.raises(DeskError, match="Another command works on the company desk_a"),
        living(tmp_path, "desk_a", "embedded"),
    ):
        raise AssertionError("it was worked on twice")
