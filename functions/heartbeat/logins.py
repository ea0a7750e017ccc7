"""Puts back what a login changed of itself, which no grant of the database prevents, and reports it."""

from dataclasses import dataclass
from functools import partial

from company.fire.apart import each
from company.fire.fire import Fire
from company.watch.findings import open_finding
from heartbeat.ending import require_no_problem


@dataclass(frozen=True)
class RestoredLogin:
    """A role whose login was put back. what: settings or password; detail: the settings, or why.

    problem: why it could not be put back, or None.
    """

    role: str
    what: str
    detail: str
    watcher: str
    problem: str | None


def restore(fire: Fire) -> dict[str, int]:
    """How many logins had settings of their own. A password is put back after a missed fire, which is reported."""
    rows = fire.brain.rows(RestoredLogin, "restore_logins")
    restored = each(fire, "logins to put back", rows, _is_back, name=lambda login: f"{login.what} of {login.role}")
    changed = [login for login in restored if login.what == "settings"]
    each(fire, "changed logins", changed, partial(_report, fire), name=lambda login: login.role)
    return {"logins_restored": len(restored)}


def _is_back(login: RestoredLogin) -> RestoredLogin:
    require_no_problem(login)
    return login


def _report(fire: Fire, login: RestoredLogin) -> None:
    open_finding(
        fire.brain,
        fingerprint=f"changed_login:{login.role}",
        kind="changed_login",
        subject=login.role,
        level="today",
        title=f"{login.role} changed the settings of its own login; they were put back",
        effect="its next fires could have run under other limits than ours",
        evidence={"settings": login.detail},
        accused=login.role,
        watcher=login.watcher,
    )
