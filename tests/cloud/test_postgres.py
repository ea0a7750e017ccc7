"""The desk's Postgres: shared while it is used, stopped by its last user, and hard to break."""

import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from tests.cloud.lambdas import becomes_true
from tests.cloud.servers import CHECKOUT, USER, answers, at_work, command, databases, postmaster
from watchbill.cloud.postgres.postgres_home import find_home
from watchbill.cloud.postgres.shared_server import (
    Server,
    bring_back,
    desk_server,
    keep_up,
    remove_server,
    stop_server,
)
from watchbill.errors import DeskError


def test_a_wrong_password_is_refused(server: Server) -> None:
    impostor = replace(server, password="guess")

    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        impostor.connect()


def test_the_password_is_readable_by_its_owner_only(home: Path, server: Server) -> None:
    file = find_home(home).cluster / "password"

    assert file.read_text() == server.password
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_two_commands_share_one_server_and_the_last_one_stops_it(home: Path) -> None:
    with desk_server(home) as first:
        with desk_server(home) as second:
            assert second == first

        with first.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not answers(first)


def test_the_server_of_a_killed_command_is_adopted_and_stopped_by_the_next(home: Path) -> None:
    with command(home) as (killed, port):
        killed.kill()

    with desk_server(home) as server:
        assert server.port == port

    assert not answers(server)


def test_a_command_that_ends_does_not_stop_the_server_of_another_process(home: Path) -> None:
    with command(home) as (other, _):
        with desk_server(home) as server:
            pass

        assert answers(server)
        other.communicate(b"")

    assert not answers(server)


def test_a_killed_server_is_replaced_and_its_data_survives(home: Path) -> None:
    with desk_server(home) as before:
        before.create_database("kept")
        os.kill(postmaster(home), signal.SIGKILL)

    with desk_server(home) as after:
        assert "kept" in databases(after)
        after.drop_database("kept")


def test_what_is_committed_survives_the_kill_that_follows(home: Path) -> None:
    with desk_server(home) as server, server.connect() as connection:
        connection.execute("CREATE TABLE fires AS SELECT 1 AS id")
        for number in range(20):
            connection.execute("INSERT INTO fires VALUES (%s)", (number,))
        os.kill(postmaster(home), signal.SIGKILL)

        bring_back(home, server)

        with server.connect() as again:
            assert again.execute("SELECT count(*) FROM fires").fetchone() == (21,)
            again.execute("DROP TABLE fires")


@pytest.mark.parametrize("ended_by", [signal.SIGKILL, signal.SIGINT, signal.SIGQUIT])
def test_a_server_that_ends_in_the_middle_of_work_comes_back_on_its_port(home: Path, ended_by: signal.Signals) -> None:
    with desk_server(home) as server:
        server.create_database("kept")
        os.kill(postmaster(home), ended_by)

        bring_back(home, server)

        assert "kept" in databases(server)
        server.drop_database("kept")


def test_a_restart_by_hand_is_waited_for(home: Path) -> None:
    place = find_home(home)
    with desk_server(home) as server:
        by_hand = [place.programs / "pg_ctl", "restart", "-t", "2", "-D", place.data, "-l", place.log_file]
        restart = threading.Thread(target=place.run, args=(by_hand,))
        restart.start()
        while restart.is_alive():
            bring_back(home, server)
            assert answers(server) or restart.is_alive()
        bring_back(home, server)

        assert answers(server)


def test_what_a_killed_server_left_at_work_does_not_cost_its_data(home: Path) -> None:
    with desk_server(home) as server, server.connect() as busy, ThreadPoolExecutor(1) as executor:
        server.create_database("kept")
        running = executor.submit(busy.execute, "SELECT count(*) FROM generate_series(1, 10000000000)")
        assert becomes_true(lambda: at_work(server) == 2)
        os.kill(postmaster(home), signal.SIGKILL)

        bring_back(home, server)

        assert "kept" in databases(server)
        server.drop_database("kept")
        assert isinstance(running.exception(10), psycopg.OperationalError)


def test_a_port_that_another_program_took_meanwhile_is_reported(home: Path) -> None:
    with desk_server(home) as server:
        os.kill(postmaster(home), signal.SIGKILL)
        assert becomes_true(lambda: not answers(server))
        with (
            socket.create_server(("127.0.0.1", server.port)),
            pytest.raises(DeskError, match=f"took its port {server.port}"),
        ):
            bring_back(home, server)


def test_a_lock_file_that_names_a_stranger_harms_neither_start_nor_stranger(home: Path) -> None:
    with desk_server(home):
        pid_file = find_home(home).data / "postmaster.pid"
        facts = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *facts[1:]]) + "\n")

    with desk_server(home) as server:
        assert answers(server)


@pytest.mark.parametrize("left", ["cluster", "draft-killed"])
def test_a_half_made_data_folder_is_made_again(home: Path, left: str) -> None:
    place = find_home(home)
    shutil.rmtree(place.cluster, ignore_errors=True)
    (place.base / left / "data" / "base").mkdir(parents=True)

    with desk_server(home) as server:
        assert answers(server)

    assert place.is_complete


def test_an_initdb_that_outlives_its_killed_command_harms_nobody(tmp_path: Path) -> None:
    place = find_home(tmp_path)
    with subprocess.Popen([sys.executable, "-c", USER, str(tmp_path)], cwd=CHECKOUT, stdin=subprocess.PIPE) as command:
        assert becomes_true(lambda: any(place.base.glob("draft-*/data/*")))
        command.kill()

    with desk_server(tmp_path) as server:
        assert answers(server)

    remove_server(tmp_path)


def test_data_that_no_server_opens_is_set_aside(home: Path) -> None:
    place = find_home(home)
    with desk_server(home):
        pass
    (place.data / "global" / "pg_control").write_bytes(b"broken")

    with desk_server(home) as server:
        assert answers(server)

    assert (place.broken / "data" / "global" / "pg_control").read_bytes() == b"broken"


def test_no_folder_above_changes_its_mode(tmp_path: Path) -> None:
    home = tmp_path / "closed" / ".watchbill"
    home.mkdir(parents=True, mode=0o700)
    (tmp_path / "closed").chmod(0o700)
    before = _modes(home)

    with desk_server(home):
        pass

    remove_server(home)
    assert _modes(home) == before


def test_a_user_id_without_a_name_gets_a_clear_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    nameless = next(number for number in range(54321, 65000) if number not in taken)
    monkeypatch.setattr(os, "geteuid", lambda: nameless)

    with pytest.raises(DeskError, match=f"User id {nameless} has no entry"):
        find_home(tmp_path)


def test_a_guarded_server_stays_until_nobody_was_connected_for_a_while(home: Path) -> None:
    with desk_server(home) as server:
        keep_up(home, idle_minutes=0.02)
        keep_up(home, idle_minutes=0.02)

    with server.connect():
        time.sleep(1.5)  # longer than the guard waits: a connected client keeps it running

    assert answers(server)
    assert becomes_true(lambda: not answers(server))


def test_a_guarded_server_can_be_stopped_at_once(home: Path) -> None:
    with desk_server(home) as server:
        keep_up(home, idle_minutes=0.02)

    assert stop_server(home)

    assert not answers(server)
    assert not stop_server(home)


def _modes(path: Path) -> list[int]:
    return [stat.S_IMODE(folder.stat().st_mode) for folder in (path, *path.parents)]
