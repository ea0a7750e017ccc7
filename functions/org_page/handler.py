"""The Lambda entry of org_page."""

from company.fire.session import handler_for

handler = handler_for(__file__)
