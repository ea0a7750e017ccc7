"""The Lambda entry of flow_check."""

from company.session import handler_for

handler = handler_for(__file__)
