"""What a CVSS vector says of who can attack: its base metrics alone, and nothing where it leaves that open."""

import pytest

from patchfirst.reason_words import attack_text
from tests.pipeline.works import Works

OPEN = "needs no account and no victim's help, over the network"
LEFT_OPEN = "its CVSS vector leaves open whether anybody can attack over the network"


@pytest.mark.parametrize(
    ("vector", "is_open", "says"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", True, OPEN),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", True, OPEN),
        (
            "CVSS:4.0/AV:P/AC:L/AT:N/PR:H/UI:A/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/MAV:N/MPR:N/MUI:N",
            False,
            "needs more: physical access, an administrator's account, a victim's help",
        ),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:R/S:U/C:H/I:H/A:H/MAV:N/MPR:N/MUI:N", False, None),
        ("AV:N/AC:L/Au:S/C:P/I:P/A:P", False, "needs more: an account"),
        ("AV:L/AC:L/Au:N/C:P/I:P/A:P", False, "needs more: local access"),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", None, LEFT_OPEN),
        ("CVSS:3.1/AV:N/AC:L/PR:N", None, LEFT_OPEN),
        ("n/a", None, None),
        (None, None, None),
    ],
)
def test_a_vector_is_read_by_its_base_metrics(
    works: Works, vector: str | None, is_open: bool | None, says: str | None
) -> None:
    assert works.value("SELECT patchfirst.is_open_to_all(%(vector)s)", vector=vector) is is_open
    if vector and says:
        assert attack_text(vector, is_open=is_open) == says
