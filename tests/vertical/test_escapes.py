"""What a publisher escaped for HTML is read as the sign that was meant, in every source's texts."""

import json
from datetime import UTC, datetime

import pytest

from patchfirst.affected import pair_of_cpe
from patchfirst.cves import clean
from patchfirst.sources import exploitdb, kev, metasploit, nuclei
from tests.pipeline.works import kev as edition
from tests.pipeline.works import kev_entry

NOON = datetime(2026, 3, 11, 12, tzinfo=UTC)
READ = {
    "Marlowe &amp; Sons": "Marlowe & Sons",
    "Marlowe&reg;": "Marlowe®",
    "Marlowe&#174; &#xAE;&#XAE;": "Marlowe® ®®",
    "&quot;Marlowe&quot; &lt;one&gt;": '"Marlowe" <one>',
    "O&#39;Hara &apos;s": "O'Hara 's",
    "Marlowe&nbsp;&nbsp;One&nbsp;": "Marlowe One",
    "Marlowe&amp;reg; &amp;amp;amp; One": "Marlowe® & One",
    "Mar&#8203;lowe&#0;&#1;": "Marlowe\ufffd",
    "Stra&szlig;enbau": "Straßenbau",
}
STAY = [
    "AT&T", "R&D; more", "&", "&;", "&amp", "&no_such_sign;", "&notit;", "https://x.example/?a=1&region=eu&copy=2",
    "&#;", "&#x;", "&#99999999;", "&" + "a" * 40 + ";",
]  # fmt: skip


@pytest.mark.parametrize(("written", "meant"), READ.items())
def test_an_escaped_sign_is_the_sign(written: str, meant: str) -> None:
    assert clean(written) == meant


@pytest.mark.parametrize("text", STAY)
def test_what_only_looks_like_an_escape_stays(text: str) -> None:
    assert clean(text) == text


def test_what_is_escaped_without_end_is_read_three_times() -> None:
    assert clean("&" + "amp;" * 1000 + "lt;") == "&" + "amp;" * 997 + "lt;"


def test_the_texts_of_every_source_are_read_so() -> None:
    (entry,) = kev.parse(edition(kev_entry(1, product="Gate &amp; Way", shortDescription="a &lt;b&gt;"))).rows
    row = f"1,{'a &amp; b'},,dos,linux,,1,CVE-2020-90001"
    table = f"id,description,date_published,type,platform,date_added,verified,codes\n{row}\n"
    (exploit,) = exploitdb.parse(table.encode(), NOON).rows
    (module,) = metasploit.parse(json.dumps({"x": {"name": "a &amp; b", "references": []}}).encode(), NOON).rows
    (template,) = nuclei.parse(b'{"ID": "CVE-2020-90001", "Info": {"Name": "a &amp;amp; b"}}\n', NOON).rows

    assert (entry[3], entry[8]) == ("Gate & Way", "a <b>")
    assert (exploit[2], module[2], template[2]) == ("a & b",) * 3
    assert pair_of_cpe(r"cpe:2.3:a:marlowe_\&amp\;_sons:one:1:*") == ("marlowe & sons", "one")
