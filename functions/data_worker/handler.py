"""The Lambda entry of data_worker."""

from company.fire.session import handler_for
from data_worker.book import ROLE

handler = handler_for(__file__, ROLE)
