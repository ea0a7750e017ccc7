"""The Lambda entry of docs_auditor."""

from company.session import handler_for

handler = handler_for(__file__)
