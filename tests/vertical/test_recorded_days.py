"""What a day says of the recorded files that it was given."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from patchfirst.vertical import VERTICAL
from tests.pipeline.works import kev_of
from watchbill.days.options import DayOptions
from watchbill.days.recordings import editions_for
from watchbill.errors import DeskError

DAY = date(2026, 3, 11)
KEV_NAME = "known_exploited_vulnerabilities.json"


def _options(**changes: Any) -> Any:
    return DayOptions(home=Path("/nowhere"), vertical="patchfirst", date=DAY, **changes)


def test_editions_after_the_day_are_counted_and_stay_unserved(tmp_path: Path) -> None:
    for at in ("2026-03-10T17:00:00Z", "2026-03-12T17:00:00Z", "2026-03-13T17:00:00Z"):
        (tmp_path / f"known_exploited_vulnerabilities-{at[:10]}.json").write_bytes(kev_of(2, at))

    editions, notes = editions_for(VERTICAL, tmp_path, _options())

    assert (len(editions), notes) == (3, ("2 editions are later than 2026-03-11",))


def test_a_place_without_an_edition_of_that_day_says_what_is_accepted(tmp_path: Path) -> None:
    def why(place: Path) -> str:
        with pytest.raises(DeskError) as error:
            editions_for(VERTICAL, place, _options())
        return str(error.value)

    assert "there is no such folder or file. Give a folder with files of cves" in why(tmp_path / "nowhere")
    assert "it holds no edition. Give a folder" in why(tmp_path) and KEV_NAME[:20] in why(tmp_path)
    (tmp_path / "notes.txt").write_bytes(b"milk")
    assert "notes.txt: left out, it is no file of a feed" in why(tmp_path)
    (tmp_path / KEV_NAME).write_bytes(kev_of(2, "2026-04-01T17:00:00Z"))
    assert "1 edition is later than 2026-03-11, and there is no other" in why(tmp_path)
    assert "2026-04-01: give that day with --date" in why(tmp_path)
