"""Each reader takes every entry of its source's document, every value of it, and nothing that is none."""

from datetime import UTC, datetime

from company.vertical import Malformed, Parsed
from patchfirst.feeds import SOURCES
from patchfirst.own_tests.documents import DOCUMENTS, LISTED, json_of, kev_document
from patchfirst.sources.kev import RANSOMWARE

AT = datetime(2026, 3, 11, 12, tzinfo=UTC)
READERS = {source.name: source for source in SOURCES}
ENTRIES = 12


def read_document(name: str, body: bytes) -> Parsed:
    return READERS[name].read_bytes(body, AT)


def test_every_entry_of_every_source_is_read_and_no_value_is_lost() -> None:
    for name, body in DOCUMENTS.items():
        parsed = read_document(name, body)
        assert (parsed.staged, list(parsed.rejects), dict(parsed.unread)) == (ENTRIES, [], {}), name
        assert not parsed.new_words, name


def test_every_row_has_its_own_key() -> None:
    for name, body in DOCUMENTS.items():
        parsed = read_document(name, body)
        keys = [line.split(b"\t")[1].decode() for line in parsed.copy_text.splitlines()]
        assert len({*(keys or [str(row[1]) for row in parsed.rows])}) == ENTRIES, name


def test_what_is_no_edition_is_refused() -> None:
    for name in DOCUMENTS:
        for body in (b"", b"<html>denied</html>", b"{", b"null", b"[]", b"{}", bytes(300)):
            try:
                parsed = read_document(name, body)
            except Malformed:
                continue
            raise AssertionError(f"{name} takes {body[:20]!r} for {parsed.staged} rows")


def test_one_entry_without_an_id_costs_itself_alone() -> None:
    entries = [{**LISTED[0], "cveID": "none"}, *LISTED[1:]]

    parsed = read_document("kev", json_of(kev_document(entries)))

    assert (parsed.staged, [reject.row_no for reject in parsed.rejects]) == (ENTRIES - 1, [1])


def test_one_value_that_cannot_be_read_costs_itself_alone() -> None:
    entries = [{**LISTED[0], "dateAdded": "soon"}, *LISTED[1:]]

    parsed = read_document("kev", json_of(kev_document(entries)))

    assert (parsed.staged, parsed.unread["dateAdded"].count) == (ENTRIES, 1)


def test_a_new_word_is_kept_and_said() -> None:
    entries = [{**LISTED[0], "knownRansomwareCampaignUse": "no word"}, *LISTED[1:]]

    parsed = read_document("kev", json_of(kev_document(entries)))

    assert [*parsed.new_words["knownRansomwareCampaignUse"]] == ["no word"]
    assert set(RANSOMWARE) == {"known", "unknown"}, "a word is guessed"
