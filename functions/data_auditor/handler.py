"""The Lambda entry of data_auditor."""

from company.fire.session import handler_for
from data_auditor.book import ROLE

handler = handler_for(__file__, ROLE)
