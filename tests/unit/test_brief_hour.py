"""The hour and the zone of the brief: what every reader of a zone knows alike, and nothing else."""

from pathlib import Path

import pytest

from company.errors import SettingsError
from company.owner.brief_hour import at_owners_hour, require_zone
from company.records import Record, read_staff

STAFF = read_staff(Path(__file__).resolve().parents[2] / "functions", "patchfirst")


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Argentina/Ushuaia", "Etc/GMT+2", "Asia/Kolkata"])
def test_an_iana_name_is_taken(zone: str) -> None:
    assert require_zone(zone) == zone


@pytest.mark.parametrize(
    "zone",
    ["UTC+2", "CEST", "CET", "EST", "europe/berlin", "Europe/berlin", "Europe/Berlin\n", " UTC", "Berlin", "+02:00", "",
     "Europe/Atlantis", "posix/Europe/Berlin", "../etc/passwd"],
)  # fmt: skip
def test_a_name_that_somebody_reads_otherwise_is_refused(zone: str) -> None:
    with pytest.raises(SettingsError, match="no IANA time zone"):
        require_zone(zone)


def test_only_who_answers_to_the_owner_fires_at_the_owners_hour() -> None:
    moved = {role: at_owners_hour(record, "7:05 Asia/Kolkata") for role, record in STAFF.items()}

    assert [role for role, record in moved.items() if record != STAFF[role]] == ["ceo"]
    assert (moved["ceo"].schedule, moved["ceo"].timezone) == ("cron(05 0,7,12,18 * * ? *)", "Asia/Kolkata")


def test_the_default_is_what_the_record_says() -> None:
    assert at_owners_hour(STAFF["ceo"], "6:50 UTC") == STAFF["ceo"]


@pytest.mark.parametrize("at", ["3:59 UTC", "10:00 UTC", "6:60 UTC", "6:50", "6:50UTC", "16:50 UTC", "6:50 UTC x"])
def test_an_hour_in_which_no_brief_is_written_is_refused(at: str) -> None:
    ceo: Record = STAFF["ceo"]

    with pytest.raises(SettingsError, match="4:00 to 9:59"):
        at_owners_hour(ceo, at)
