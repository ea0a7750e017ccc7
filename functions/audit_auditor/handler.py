"""The Lambda entry of audit_auditor."""

from audit_auditor.book import ROLE
from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
