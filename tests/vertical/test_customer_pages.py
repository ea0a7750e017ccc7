"""What a customer reads: true sentences, with the names that people use."""

from patchfirst.vertical import VERTICAL


def test_every_source_has_the_name_under_which_people_know_it() -> None:
    titles = {source.name: VERTICAL.source_title(source.name) for source in VERTICAL.sources}

    assert titles["kev"] == "CISA KEV"
    assert all(source.title for source in VERTICAL.sources)
    assert VERTICAL.source_title("a source of last year") == "a source of last year"
