"""The Lambda entry of build_manager."""

from company.session import handler_for

handler = handler_for(__file__)
