"""The columns of the feeds: split without the reader, renamed as a publisher might, and found again."""

import gzip

import pytest

from company.vertical import Edition, Malformed, Source
from company.vertical.columns import Columns, find_renamed
from patchfirst.sources.epss import EPSS, pack
from patchfirst.sources.kev import KEV, rename
from tests.pipeline.works import epss_of, kev_of

SOURCES = {"kev": KEV, "epss": EPSS}


def _columns(source: Source) -> Columns:
    assert source.columns is not None
    return source.columns


@pytest.mark.parametrize(("source", "body"), [(KEV, kev_of(3)), (EPSS, epss_of(3))], ids=["kev", "epss"])
def test_every_column_that_a_reader_needs_is_on_its_list(source: Source, body: bytes) -> None:
    columns = _columns(source)

    table = columns.read_columns(body)

    assert set(table) == set(columns.known_names())
    assert {len(values) for values in table.values()} == {3}


def test_a_header_under_other_names_is_no_edition_until_they_are_known() -> None:
    renamed = pack(gzip.decompress(epss_of(3)).replace(b"percentile", b"rank"))

    with pytest.raises(Malformed, match="the header"):
        EPSS.parse(renamed, None)
    assert list(_columns(EPSS).read_columns(renamed)) == ["cve", "epss", "rank"]


def test_the_planted_rename_is_one_that_the_reader_does_not_know() -> None:
    body = rename(kev_of(3))

    with pytest.raises(Malformed, match="no entry has dateAdded"):
        KEV.parse(body, None)
    assert _columns(KEV).rename is rename


@pytest.mark.parametrize("name", SOURCES)
def test_each_renamed_column_of_two_real_editions_is_found(real: list[Edition], name: str) -> None:
    columns = _columns(SOURCES[name])
    earlier, later = [columns.read_columns(e.load()) for e in real if e.source == name][-2:]

    for column in earlier:
        renamed = {"other" if known == column else known: values for known, values in later.items()}
        found, unexplained = find_renamed(columns.known_names(), earlier, renamed)
        assert [(r.was, r.becomes) for r in found] == [(column, "other")], unexplained
