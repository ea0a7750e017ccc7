"""The Lambda entry of build_auditor."""

from company.fire.session import handler_for

handler = handler_for(__file__)
