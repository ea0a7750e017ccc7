"""The Lambda entry of build_manager."""

from build_manager.book import ROLE
from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
