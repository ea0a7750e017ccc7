"""The Lambda entry of research_worker."""

from company.fire.session import handler_for
from research_worker.book import ROLE

handler = handler_for(__file__, ROLE)
