"""The owner's web pages: what waits, the brief, the company, the slots; and one question behind each mailed link."""

from company.console.app import respond
from company.console.site import Site

__all__ = ["Site", "respond"]
