"""The Lambda entry of content_worker."""

from company.fire.session import handler_for
from content_worker.book import ROLE

handler = handler_for(__file__, ROLE)
