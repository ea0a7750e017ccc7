"""Keeps every test on this machine: a connection to any other address is an error in the test that tried it."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from company.brain.waiting import WaitingConnection


class LeftTheMachine(AssertionError):
    """A test tried to reach an address that is not loopback."""


def refuse_the_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Guards Python's sockets, and psycopg, which connects in C without them."""
    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    monkeypatch.setattr(psycopg, "connect", _guarded_driver(psycopg.connect))
    monkeypatch.setattr(WaitingConnection, "connect", _guarded_driver(WaitingConnection.connect))


def _guarded(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX:
            _require_loopback(str(address[0]))
        return connect(self, address)

    return guarded


def _guarded_driver(connect: Callable[..., Any]) -> Callable[..., Any]:
    def guarded(conninfo: str = "", **options: Any) -> Any:
        given = {**conninfo_to_dict(conninfo), **options}
        host = str(given.get("hostaddr") or given.get("host") or "localhost")
        if not host.startswith("/"):
            _require_loopback(host)
        return connect(conninfo, **options)

    return guarded


def _require_loopback(host: str) -> None:
    if host != "localhost" and not _is_loopback(host):
        raise LeftTheMachine(f"a test tried to reach {host}")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
