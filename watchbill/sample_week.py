"""The week that the desk simulates where no date is named: a day runs the first of its days, the drill all seven."""

from datetime import date, time

FIRST_DAY = date(2026, 3, 11)
"""A Wednesday: the week has one Monday, on which audits are audited."""
MORNING = time(7, 0)
"""In UTC: when a day begins and ends, so that its brief comes at its end."""
