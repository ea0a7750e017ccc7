"""Every field of every source holds every kind of value and sign, in one edition: nothing stops, nothing is lost."""

import gzip
import json
import random
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from patchfirst.vertical import VERTICAL
from tests.pipeline.works import Works, adds_up, kev, kev_entry
from tests.properties.test_parsers import CVE_RECORD, DOCUMENTS, changed, places, zipped
from watchbill.cloud.feeds import KEY

AT = "2026-03-10T17:00:00Z"
MACHINES = {
    "exploitdb": "scrape_exploits",
    "metasploit": "scrape_exploits",
    "nuclei": "scrape_exploits",
    "nvd": "scrape_cves",
    "ghsa": "scrape_cves",
    "osv": "scrape_cves",
    "vulncheck": "scrape_exploits",
}
OPTIONAL = {source.name for source in VERTICAL.sources if source.is_optional}
KINDS: tuple[Any, ...] = (
    None, True, 0, -1, 1.5, 2**70, 1e308, float("nan"), float("-inf"), "", " ", "a word", "x" * 20_000, "2026-02-30",
    "0000-00-00", "9999-12-31T23:59:59-14:00", [], {}, [None], [[]], ["a", 1, {}], {"a": {"b": []}},
)  # fmt: skip
DIGITS = "9" * 5_000
FIRST_ROW = {"exploitdb": 2, "epss": 3}
"""After the header, and the comment."""


def _signs() -> list[str]:
    """A sign of each category of Unicode, and those that ended somebody's day."""
    first: dict[str, str] = {}
    for code in range(0x110000):
        first.setdefault(unicodedata.category(chr(code)), chr(code))
    return [
        *first.values(),
        "\x00",
        "\x0b",
        "\x85",
        "\u2028",
        "\u200b",
        "\ufeff",
        "\u202e",
        "\ud83d",
        "\udc00",
        "\U0010ffff",
    ]


SIGNS = _signs()


def _odd(sound: object) -> Iterator[Any]:
    yield from KINDS
    if isinstance(sound, str):
        yield from (sound[:3] + sign + sound[3:] for sign in SIGNS)


def _at(thing: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        thing = thing[step]
    return thing


def _renamed(document: Any, number: int) -> Any:
    """The same entry under an id of its own, in text: what was made odd stays odd."""
    return json.loads(json.dumps(document).replace("CVE-2026-0001", f"CVE-2026-{100_000 + number}"))


def _of_json(name: str) -> bytes:
    sound, pack = DOCUMENTS[name]
    variants = [changed(sound, path, odd) for path in places(sound) for odd in _odd(_at(sound, path))]
    entries = [sound, *(_renamed(variant, number) for number, variant in enumerate(variants))]
    if name == "metasploit":
        entries = [
            sound,
            *({**entry, "fullname": entry.get("fullname") or f"x/{n}"} for n, entry in enumerate(entries[1:])),
        ]
    return pack(entries)


def _of_csv(header: str, sound: list[str]) -> bytes:
    rows = [sound]
    for place in range(len(sound)):
        texts = [str(kind) for kind in KINDS if not isinstance(kind, list | dict)] + [DIGITS, '"', '""', "a\nb", "\r"]
        texts += [sound[place][:3] + sign + sound[place][3:] for sign in SIGNS]
        rows += [[*sound[:place], text, *sound[place + 1 :]] for text in texts]
    lines = [",".join(row[:1] + row[1:]) for row in rows]
    return "\n".join([header, *lines, ""]).encode("utf-8", "surrogatepass")


EDITIONS: dict[str, Callable[[], bytes]] = {
    **{name: (lambda name=name: _of_json(name)) for name in DOCUMENTS},  # type: ignore[misc]
    "exploitdb": lambda: _of_csv(
        "id,description,date_published,type,platform,date_added,verified,codes",
        ["1", "A text", "2026-03-01", "remote", "linux", "2026-03-02", "1", "CVE-2026-0001"],
    ),
    "epss": lambda: gzip.compress(
        f"#model_version:v2025.03.14,score_date:{AT}\n".encode()
        + _of_csv("cve,epss,percentile", ["CVE-2026-0001", "0.5", "0.6"]),
        mtime=0,
    ),
}


def machine_of(name: str) -> str:
    return MACHINES.get(name, f"scrape_{name}")


def switched_on(name: str, works: Works) -> None:
    if name in OPTIONAL:
        works.switch(name, works.server.url(name), KEY)


@pytest.mark.parametrize("name", EDITIONS)
def test_whatever_an_edition_holds_every_row_has_a_fate_and_no_fire_fails(name: str, works: Works) -> None:
    works.serve(name, EDITIONS[name](), AT)
    switched_on(name, works)

    fires = works.run(machine_of(name), "check", "promote", "link", "score", "deliver")

    assert [fire for fire in fires if fire["outcome"] not in ("done", "skipped")] == []
    [batch] = works.rows("SELECT * FROM company.batches WHERE source = %(name)s", name=name)
    assert adds_up(batch)
    assert batch["rows_read"] > 100
    assert works.rows("SELECT * FROM company.findings WHERE kind IN ('item_failed', 'malformed_source')") == []
    first = works.rows(f"SELECT row_no FROM patchfirst.{name}_staging ORDER BY row_no LIMIT 1")
    assert [row["row_no"] for row in first] == [FIRST_ROW.get(name, 1)]


BODIES = {
    "empty": b"",
    "gzip cut in its head": b"\x1f\x8b\x08",
    "two bytes": b"\x1f\x8b",
    "zip cut": b"PK\x03\x04",
    "nested lists": b"[" * 100_000,
    "nested objects": b'{"a":' * 100_000,
    "a mark": b"\xff\xfe",
    "digits": b"{" + DIGITS.encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_no_body_ends_a_fire(body: bytes, works: Works) -> None:
    """Every source serves it at once, and every machine has read it from each of its own."""
    for name in EDITIONS:
        works.serve_only(name, body, AT)
        switched_on(name, works)

    fires = works.run(*sorted({machine_of(name) for name in EDITIONS}))

    failed = works.rows("SELECT subject, title FROM company.findings WHERE kind = 'item_failed'")
    assert [fire for fire in fires if "items_failed" in (fire["evidence"] or {})] == [], failed
    assert all(fire["session_id"] is not None for fire in fires)
    served = {one.source for one in works.server.requests if (one.status, one.bytes_sent) == (200, len(body))}
    assert served == set(EDITIONS)


def _long_names() -> list[str]:
    """Random, because an index stores what repeats in little room; and a sign that is eighteen when it is folded."""
    rare = random.Random(7)
    return ["".join(chr(rare.randrange(0x20000, 0x2A6D0)) for _ in range(9_000)), "\ufdfa" * 600, "\u0390" * 600]


def test_a_name_of_any_length_stops_no_machine(works: Works) -> None:
    """Names of vendors and products are keys of indexes, which take no more than 2,700 bytes."""
    names = _long_names()
    entries = [kev_entry(n, vendorProject=name, product=name) for n, name in enumerate(names)]
    works.serve("kev", kev(*entries, kev_entry(9)))
    affected = [changed(CVE_RECORD, ("containers", "cna", "affected", 0), {"vendor": n, "product": n}) for n in names]
    works.serve("cves", zipped([_renamed(record, number) for number, record in enumerate([CVE_RECORD, *affected])]))

    fires = works.run("scrape_kev", "scrape_cves", "check", "promote", "link", "score", "deliver")

    assert [fire for fire in fires if fire["outcome"] not in ("done", "skipped")] == []
    assert (
        works.value("SELECT count(*) FROM patchfirst.kev"),
        works.value("SELECT count(*) FROM patchfirst.cves"),
    ) == (
        4,
        4,
    )


def test_a_row_that_comes_twice_costs_no_cve(works: Works) -> None:
    first, again = (f"1,A,,dos,linux,,1,CVE-2025-9000{n}" for n in (1, 2))
    table = "\n".join(["id,description,date_published,type,platform,date_added,verified,codes", first, again, ""])
    works.serve("exploitdb", table.ljust(200, "\n").encode(), AT)

    works.run("scrape_exploits", "check", "promote")

    assert adds_up(works.last_batch()) and works.last_batch()["quarantined"] == 1
    exploits = works.rows("SELECT cve FROM patchfirst.exploits ORDER BY cve")
    assert [row["cve"] for row in exploits] == ["CVE-2025-90001", "CVE-2025-90002"]
