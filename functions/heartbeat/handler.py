"""The Lambda entry of heartbeat."""

from company.fire.session import handler_for

handler = handler_for(__file__)
