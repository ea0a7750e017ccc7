"""The Lambda entry of data_worker."""

from company.fire.session import handler_for

handler = handler_for(__file__)
