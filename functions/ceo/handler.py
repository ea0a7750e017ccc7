"""The Lambda entry of ceo."""

from company.session import handler_for

handler = handler_for(__file__)
