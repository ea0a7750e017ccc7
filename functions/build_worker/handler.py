"""The Lambda entry of build_worker."""

from build_worker.book import ROLE
from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
