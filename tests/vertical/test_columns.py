"""The lists of the sources: split without the reader, renamed as a publisher might, and found again."""

import gzip
from datetime import UTC, datetime

import pytest

from company.vertical import Edition, Malformed, Source
from company.vertical.columns import Columns, find_renamed, read_form
from company.vertical.envelopes import flatten
from company.vertical.forms import open_known
from company.vertical.places import DocumentContent
from patchfirst.feeds import SOURCES
from patchfirst.sources.epss import EPSS, pack
from patchfirst.sources.kev import KEV, rename
from tests.pipeline.works import epss_of, kev_of

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)


def _columns(source: Source) -> Columns:
    assert source.columns is not None
    return source.columns


@pytest.mark.parametrize(("source", "body"), [(KEV, kev_of(3)), (EPSS, epss_of(3))], ids=["kev", "epss"])
def test_every_column_that_a_reader_needs_is_on_its_list(source: Source, body: bytes) -> None:
    form = _columns(source).form
    found = open_known(form, DocumentContent(body))

    assert found is not None
    table = flatten(found[1].entries)
    assert (found[0], set(table)) == (form.places[0], set(form.names))
    assert {len(values) for values in table.values()} == {3}


def test_every_source_has_a_list_by_which_nothing_is_translated_yet() -> None:
    for source in SOURCES:
        columns = _columns(source)
        assert columns.form.is_plain, source.name
        assert columns.form == read_form(columns.file)


def test_a_header_under_other_names_is_no_edition_until_they_are_known() -> None:
    renamed = pack(gzip.decompress(epss_of(3)).replace(b"percentile", b"rank"))

    with pytest.raises(Malformed, match="the header"):
        EPSS.read_bytes(renamed, None)


def test_the_planted_rename_is_one_that_the_reader_does_not_know() -> None:
    body = rename(kev_of(3))

    with pytest.raises(Malformed, match="no entry has dateAdded"):
        KEV.read_bytes(body, None)
    assert _columns(KEV).rename is rename


@pytest.mark.parametrize("source", [KEV, EPSS], ids=["kev", "epss"])
def test_each_renamed_column_of_two_real_editions_is_found(real: list[Edition], source: Source) -> None:
    form = _columns(source).form
    contents = [DocumentContent(e.load(), 20_000) for e in real if e.source == source.name][-2:]
    earlier, later = [flatten(opened[1].entries) for content in contents if (opened := open_known(form, content))]

    for column in form.names:
        renamed = {"other" if known == column else known: values for known, values in later.items()}
        found, unexplained = find_renamed(form.names, earlier, renamed)
        assert [(r.was, r.becomes) for r in found] == [(column, "other")], unexplained
