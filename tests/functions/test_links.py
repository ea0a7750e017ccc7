"""A customer's link marks one thing, for one customer, while it lasts; and looking at it marks nothing."""

from collections.abc import Callable
from datetime import timedelta
from unittest.mock import Mock
from urllib.parse import urlencode

import pytest

from company.fire.kept import Kept
from company.json_values import JsonObject
from company.pipeline.delivering import handle_links
from company.pipeline.delivering.handle_links import PATH, HandleLink
from tests.support.brains import MORNING, TestBrain
from tests.support.consoles import FORM, Visitor, site_over

KEY = "h" * 32
CVE = "CVE-2025-90001"
Ask = Callable[..., JsonObject]


@pytest.fixture
def ask(brain: TestBrain) -> Ask:
    """ask(method, path, **form) is one request to the console over a brain with one customer and one CVE."""
    brain.owner.run("add_customer", name="Alder Bank", email="desk@alder.invalid", kind="brief", filters={})
    brain.admin.execute(
        "INSERT INTO company.scores (entity, score, parts, model_version) VALUES (%s, 9, '{1}', 'v')", [CVE]
    )
    site = site_over(brain, handle_key=KEY, desk="")

    def asked(method: str, path: str, **form: str) -> JsonObject:
        return Visitor(site, headers={"content-type": FORM}).ask(method, path, body=urlencode(form))

    return asked


def _link(brain: TestBrain, *, key: str = KEY, **changes: object) -> str:
    said = {"customer_id": 1, "entity": CVE, "ends_at": brain.now() + timedelta(days=30), **changes}
    return PATH + handle_links.sign(key, HandleLink(**said))  # type: ignore[arg-type]


def _handled(brain: TestBrain) -> int:
    return int(brain.sql("owner", "SELECT count(*) FROM company.handled")[0]["count"])


def test_only_the_button_marks_it_and_once(brain: TestBrain, ask: Ask) -> None:
    path = _link(brain)
    seen = [ask(method, path)["statusCode"] for method in ("GET", "HEAD", "GET")]
    assert (seen, _handled(brain)) == ([200, 200, 200], 0)

    done = [ask("POST", path, note="patched <b>today</b>") for _ in range(2)]

    assert [answer["statusCode"] for answer in done] == [200, 200]
    assert "has left your lists" in done[0]["body"] and "handled already" in done[1]["body"]
    assert _handled(brain) == 1


def test_a_link_that_was_changed_or_signed_by_another_key_opens_nothing(brain: TestBrain, ask: Ask) -> None:
    good = _link(brain).removeprefix(PATH)
    customer, ends, named, signature = good.split(".")
    other = _link(brain, entity="CVE-2025-90002").split(".")[2]
    wrong = [
        ".".join(parts)
        for parts in (
            ("2", ends, named, signature),
            (customer, str(int(ends) + 1), named, signature),
            (customer, ends, other, signature),
            (customer, ends, named, signature[:-1] + ("0" if signature[-1] != "0" else "1")),
            (customer, ends, named, signature.upper() + "0"),
            ("0" + customer, ends, named, signature),
            (customer, ends, named + "=", signature),
        )
    ] + [_link(brain, key="x" * 32).removeprefix(PATH), "", "x", "1.2.3.4", good + "\n", " " + good]

    answers = [ask(method, PATH + text)["statusCode"] for text in wrong for method in ("GET", "POST")]

    assert set(answers) <= {401, 404}
    assert _handled(brain) == 0


def test_a_link_ends_and_says_so(brain: TestBrain, ask: Ask) -> None:
    path = _link(brain, ends_at=brain.now() + timedelta(hours=1))
    brain.wait(hours=1)

    answers = [ask(method, path) for method in ("GET", "POST")]

    assert [answer["statusCode"] for answer in answers] == [410, 410]
    assert "The time of this link is over" in answers[0]["body"]
    assert _handled(brain) == 0


def test_a_genuine_link_to_what_is_gone_is_told_so(brain: TestBrain, ask: Ask) -> None:
    answers = [ask("POST", _link(brain, customer_id=77)), ask("POST", _link(brain, entity="CVE-2031-1"))]

    assert [answer["statusCode"] for answer in answers] == [409, 409]
    assert _handled(brain) == 0


@pytest.mark.parametrize("key", ["", "short", "k" * 23])
def test_a_key_that_is_too_short_signs_and_opens_nothing(brain: TestBrain, key: str) -> None:
    link = HandleLink(1, CVE, brain.now())
    with pytest.raises(ValueError, match="whole key"):
        handle_links.sign(key, link)
    assert handle_links.read(key, handle_links.sign(KEY, link)) is None
    assert handle_links.read(KEY, handle_links.sign(KEY, link)) == link


def test_the_key_is_read_once_a_fire_and_anew_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = Mock(side_effect=[KEY, "n" * 32])
    monkeypatch.setattr(handle_links, "fetch_secret", reading)
    warm = {"settings": Mock(console_url="https://console.invalid", company="c"), "cloud": Mock(), "kept": Kept()}
    first, second = (Mock(**warm, kept_for_this_fire=Kept(), now=MORNING) for _ in range(2))

    opened_by = []
    for fire, customer_id in ((first, 1), (first, 2), (second, 1)):
        address = handle_links.addresses(fire, customer_id)
        assert address is not None
        opened_by.append(handle_links.read(KEY, address(CVE).split(PATH)[1]) is not None)

    assert (opened_by, reading.call_count) == ([True, True, False], 2)
