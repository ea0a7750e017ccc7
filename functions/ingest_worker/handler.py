"""The Lambda entry of ingest_worker."""

from company.fire.session import handler_for
from ingest_worker.book import ROLE

handler = handler_for(__file__, ROLE)
