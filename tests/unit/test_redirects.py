"""Where a server may send a request on to: its own host, one below it, one that the source names; nowhere else."""

import pytest

from company.pipeline.asking.redirects import MovedAway, next_address

FEED = "https://www.feed.example/list.json"
KNOWN = ("files.mirror.example",)


@pytest.mark.parametrize(
    ("url", "location", "to"),
    [
        (FEED, "/moved.json", "https://www.feed.example/moved.json"),
        (FEED, "https://feed.example/x", "https://feed.example/x"),
        (FEED, "https://data.feed.example:443/x", "https://data.feed.example:443/x"),
        (FEED, "https://files.mirror.example/x?signed=1", "https://files.mirror.example/x?signed=1"),
        ("http://127.0.0.1:81/a", "http://127.0.0.1:82/b", "http://127.0.0.1:82/b"),
        ("http://feed.example/a", "https://feed.example/a", "https://feed.example/a"),
    ],
)
def test_what_the_rule_allows_is_followed(url: str, location: str, to: str) -> None:
    assert next_address(url, location, KNOWN) == to


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/list.json",
        "https://feed.example.evil.example/x",
        "https://evilfeed.example/x",
        "//elsewhere.example/x",
        "http://www.feed.example/list.json",
        "https://www.feed.example:8443/x",
        "https://www.feed.example:99999/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://user@feed.example/x",
        "https://feed.example@elsewhere.example/x",
        "https://x.files.mirror.example/x",
        "file:///etc/passwd",
        "https://[::1]/x",
    ],
)
def test_every_other_address_is_the_owners_to_allow(location: str) -> None:
    with pytest.raises(MovedAway, match="no list names"):
        next_address(FEED, location, KNOWN)
