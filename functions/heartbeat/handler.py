"""The Lambda entry of heartbeat."""

from company.fire.session import handler_for
from heartbeat.work import ROLE

handler = handler_for(__file__, ROLE)
