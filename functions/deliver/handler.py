"""The Lambda entry of deliver."""

from company.fire.session import handler_for

handler = handler_for(__file__)
