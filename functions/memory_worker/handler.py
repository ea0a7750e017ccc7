"""The Lambda entry of memory_worker."""

from company.fire.session import handler_for
from memory_worker.book import ROLE

handler = handler_for(__file__, ROLE)
