"""What SES reports of mails is read until its queue is empty."""

import pytest

from tests.functions.office import Office
from tests.functions.test_mail import beat


@pytest.mark.usefixtures("sparing")
def test_a_beat_reads_each_event_however_few_come_at_once(office: Office) -> None:
    assert beat(office, "one", "two", "three")["evidence"]["mail_events"] == 3
