"""The Lambda entry of content_manager."""

from company.fire.session import handler_for

handler = handler_for(__file__)
