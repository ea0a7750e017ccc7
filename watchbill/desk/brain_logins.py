"""A brain at an address, opened with the login of a role; needs no cloud."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from company.brain import Brain, connect
from company.settings import Settings
from watchbill.home import CHECKOUT


@contextmanager
def brain_as(address: str, company: str, vertical: str, role: str, password: str) -> Iterator[Brain]:
    """A brain at an address, with a role's login; needs no cloud."""
    brain = connected(address, company, vertical, role, password)
    with closing(brain.connection):
        yield brain


def connected(address: str, company: str, vertical: str, role: str, password: str) -> Brain:
    """The same without an end: the caller closes its connection."""
    return connect(
        Settings(
            role=role,
            company=company,
            vertical=vertical,
            brain_dsn=address,
            brain_password=password,
            sql_dir=CHECKOUT / "sql",
        )
    )
