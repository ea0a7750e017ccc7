"""The Lambda entry of build_manager."""

from company.fire.session import handler_for

handler = handler_for(__file__)
