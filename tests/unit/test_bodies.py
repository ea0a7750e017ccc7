"""Bodies and rows that do not fit into memory: they go to disk, and come back as they were."""

import gc
import hashlib
import os
from pathlib import Path

from company.vertical.bodies import Body
from company.vertical.spool import BLOCK, Spool


def _open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").is_dir() else 0


def test_a_body_counts_and_digests_what_comes_and_is_read_as_often_as_one_asks() -> None:
    body = Body(b"PK", in_memory=10)
    for _ in range(50):
        body.add(b"chunk")

    whole = b"PK" + 50 * b"chunk"
    assert (body.size, body.sha256) == (len(whole), hashlib.sha256(whole).hexdigest())
    assert (body.head(4), body.read(), body.file().read(3), body.read()) == (b"PKch", whole, b"PKc", whole)


def test_an_empty_body_has_no_beginning() -> None:
    assert (Body().size, Body().head(40), Body().read()) == (0, b"", b"")


def test_a_spool_is_the_list_that_it_would_be_in_memory() -> None:
    items = [(n, f"CVE-2025-{n}", None, ["a"] * (n % 3)) for n in range(2 * BLOCK + 7)]
    spool: Spool[tuple[object, ...]] = Spool(in_memory=1)
    for item in items:
        spool.append(item)

    assert (len(spool), list(spool), bool(spool), bool(Spool())) == (len(items), items, True, False)
    assert (spool[0], spool[BLOCK], spool[-1]) == (items[0], items[BLOCK], items[-1])
    assert list(spool[BLOCK - 2 : BLOCK + 2]) == items[BLOCK - 2 : BLOCK + 2]


def test_two_who_read_one_spool_do_not_disturb_each_other() -> None:
    spool: Spool[int] = Spool(in_memory=1)
    for n in range(3 * BLOCK):
        spool.append(n)

    assert [a + b for a, b in zip(spool, reversed(spool), strict=True)] == [3 * BLOCK - 1] * 3 * BLOCK


def test_a_file_on_disk_is_closed_with_whoever_owns_it() -> None:
    before = _open_files()
    body, spool = Body(b"more than one byte", in_memory=1), Spool[int](in_memory=1)
    for n in range(BLOCK):
        spool.append(n)
    held = _open_files()
    del body, spool

    assert _open_files() == before
    assert held == before + (2 if before else 0)
