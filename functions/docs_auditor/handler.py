"""The Lambda entry of docs_auditor."""

from company.fire.session import handler_for
from docs_auditor.book import ROLE

handler = handler_for(__file__, ROLE)
