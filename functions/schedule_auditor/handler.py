"""The Lambda entry of schedule_auditor."""

from company.fire.session import handler_for

handler = handler_for(__file__)
