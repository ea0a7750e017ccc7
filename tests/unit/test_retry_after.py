"""A server's wish to wait is read in every form in which servers say it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from company.text.retry_after import seconds_to_wait

DATE = "Fri, 27 Nov 2026 01:10:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "120"}, 120.0),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": " 7 "}, 7.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "250"}, 0.25),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "1"}, 1.0),
        ({"retry-after": "Fri, 27 Nov 2026 01:11:30 GMT", "date": DATE}, 90.0),
        ({"retry-after": "Friday, 27-Nov-26 01:11:30 GMT", "date": DATE}, 90.0),
        ({"retry-after": "Fri, 27 Nov 2026 01:00:00 GMT", "date": DATE}, 0.0),
        ({"retry-after": "Fri, 27 Nov 2026 02:10:00 +0100", "date": DATE}, 0.0),
        ({"retry-after": "Fri, 27 Nov 2026 01:11:30 GMT"}, None),
        ({"retry-after": "Fri, 27 Nov 2026 01:11:30", "date": DATE}, None),
        ({"retry-after": "in a while", "date": DATE}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after": ""}, None),
        ({}, None),
    ],
)
def test_a_wait_is_read_in_every_form(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(headers) == seconds


@given(
    st.dictionaries(st.sampled_from(["retry-after", "retry-after-ms", "date"]), st.text(max_size=40) | st.just(DATE))
)
def test_no_header_is_an_error(headers: dict[str, str]) -> None:
    wait = seconds_to_wait(headers)

    assert wait is None or 0 <= wait < float("inf")
