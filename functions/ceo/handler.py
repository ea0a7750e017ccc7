"""The Lambda entry of ceo."""

from ceo.book import ROLE
from company.fire.session import handler_for

handler = handler_for(__file__, ROLE)
