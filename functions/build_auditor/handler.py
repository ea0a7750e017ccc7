"""The Lambda entry of build_auditor."""

from build_auditor.book import ROLE
from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
