"""The Lambda entry of memory_auditor."""

from company.fire.session import handler_for
from memory_auditor.book import ROLE

handler = handler_for(__file__, ROLE)
