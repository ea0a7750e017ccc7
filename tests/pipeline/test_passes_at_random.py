"""After any small changes a pass over what may have moved leaves nothing to a pass over everything."""

import random
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.pipeline.small_changes import (
    DATE,
    KNOWN,
    change,
    differing,
    exploit,
    last_pass,
    ready,
    record_of,
    take_exploits,
    take_nvd,
)
from tests.pipeline.works import Works


def _random_entry(chance: random.Random) -> dict[str, Any]:
    vector = f"CVSS:3.1/AV:{chance.choice('NL')}/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
    data = {"version": "3.1", "baseScore": chance.randint(1, 10), "vectorString": vector}
    metrics = {"cvssMetricV31": [{"type": "Primary", "source": "nvd@nist.gov", "cvssData": data}]}
    return {
        "id": _random_cve(chance),
        "metrics": metrics if chance.random() < 0.7 else {},
        "vulnStatus": chance.choice(["Analyzed", "Analyzed", "Rejected"]),
        **({"published": DATE} if chance.random() < 0.5 else {}),
    }


def _random_cve(chance: random.Random) -> str:
    """Mostly one that is known; of the years of which few are known also a new one."""
    year, numbers = (2025, KNOWN + 1) if chance.random() < 0.7 else (chance.choice([2022, 2023]), 12)
    return f"CVE-{year}-{90000 + chance.randrange(numbers)}"


def _random_record(chance: random.Random) -> dict[str, Any]:
    exploitation = chance.choice(["none", "poc", "active"])
    content = {"options": [{"Exploitation": exploitation}, {"Automatable": chance.choice(["yes", "no"])}]}
    one = record_of(0, is_dated=chance.random() < 0.9, state=chance.choice(["PUBLISHED"] * 4 + ["REJECTED"]))
    one["cveMetadata"]["cveId"] = _random_cve(chance)
    one["containers"]["adp"] = [
        {"metrics": [{"other": {"type": "ssvc", "content": content}}], "providerMetadata": {"shortName": "CISA-ADP"}}
    ]
    return one


@pytest.mark.parametrize("seed", range(4))
def test_after_any_changes_a_pass_over_everything_has_nothing_left_to_do(works: Works, seed: int) -> None:
    chance = random.Random(seed)
    works.brain.set_now(datetime(2026, 3, 11, 0, 30, tzinfo=UTC))
    ready(works)
    kinds, exploits = set(), {n: exploit(n, codes=_random_cve(chance)) for n in range(9)}
    for step in range(9):
        if chance.random() < 0.3:
            n = chance.randrange(9)
            exploits[n] = exploit(n, codes=f"{_random_cve(chance)};CVE-2018-{8000 + step}", is_verified=step % 2 == 0)
            take_exploits(works, exploits.values())
            works.run("score")
        elif chance.random() < 0.5:
            take_nvd(works, *(_random_entry(chance) for _ in range(2)))
            works.run("score")
        else:
            records = {one["cveMetadata"]["cveId"]: one for one in (_random_record(chance) for _ in range(3))}
            change(works, *records.values())
        kinds.add(last_pass(works)["is_whole"])
        assert differing(works) == []
    assert False in kinds
