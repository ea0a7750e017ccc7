"""The owner's web page: what waits, the brief, who answers for what; and one question behind each mailed link."""

from company.console.app import respond
from company.console.site import Site

__all__ = ["Site", "respond"]
