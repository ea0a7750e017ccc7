"""The Lambda entry of content_auditor."""

from company.fire.session import handler_for
from content_auditor.book import ROLE

handler = handler_for(__file__, ROLE)
