"""The Lambda entry of schedule_auditor."""

from company.fire.session import handler_for
from schedule_auditor.book import ROLE

handler = handler_for(__file__, ROLE)
