"""The Lambda entry of check."""

from company.fire.session import handler_for

handler = handler_for(__file__)
