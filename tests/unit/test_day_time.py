"""The picture of where a day's time goes: read from what the day kept, and drawn without anything of this machine."""

import json
from pathlib import Path
from xml.etree import ElementTree

from bench.day_time import RoleTime, TimeBar, _bars, _drawn, _roles

STEPS = [("starting Postgres", 0.5), ("firing every schedule of the day, in simulated time", 3.0), ("saving", 9.0)]


def report(milliseconds: float, *, is_cold: bool = False) -> list[object]:
    text = f"REPORT RequestId: r\tDuration: {milliseconds} ms\tBilled Duration: 1000 ms\tMemory Size: 256 MB"
    return [0, f"{text}\tInit Duration: 5.00 ms" if is_cold else text]


def test_a_roles_time_is_what_its_reports_say(tmp_path: Path) -> None:
    streams = {"heartbeat": [[0, "START"], report(500, is_cold=True), report(20), report(30)], "deliver": [report(900)]}
    lines = [json.dumps({"group": f"/watchbill/desk/{role}", "lines": found}) for role, found in streams.items()]
    (tmp_path / "logs.json").write_text("\n".join(lines), encoding="utf-8")

    assert list(_roles(tmp_path)) == [RoleTime("deliver", 1, 0.9, 0), RoleTime("heartbeat", 3, 0.55, 0.5)]


def test_the_parts_of_a_day_add_up_to_it() -> None:
    roles = [RoleTime(f"role_{n}", 2, 0.25, 0.125) for n in range(14)] + [RoleTime("migrate", 1, 0.7, 0.7)]

    bars = list(_bars([*STEPS, ("", 10.0)], roles))

    assert sum(bar.seconds for bar in bars) == 9.5
    assert bars[0] == TimeBar("starting Postgres", 2.5)
    assert bars[-3:] == [
        TimeBar("2 other roles, 4 fires", 0.5, 0.25),
        TimeBar("between the fires", 2.5),
        TimeBar("saving", 1.0),
    ]


def test_the_picture_is_one_that_can_be_read() -> None:
    drawn = _drawn("3 fires", [TimeBar("a <role>", 2.0, 1.0), TimeBar("saving", 1.0)])

    texts = [one.text for one in ElementTree.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]
    assert texts[1:] == ["a <role>", "2.00 s", "saving", "1.00 s"]
