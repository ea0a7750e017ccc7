"""A customer's name can be read, typed and told from another."""

import pytest

from company.errors import Refused
from tests.pipeline.works import Works
from tests.support.refusals import refused

UNREADABLE = {
    "\U0001f419": "no letter and no digit",
    "\U0001f1eb\U0001f1f7 \u2764": "no letter and no digit",
    "Alder  Bank": "two blanks together",
    "Alder\u00a0Bank": "a blank that is not the usual one",
    "Alder\u3000Bank": "a blank that is not the usual one",
    " Alder": "begins or ends with a blank",
    "Alder\u3164Bank": "a sign that nobody sees",
    "Alder\U000e0041Bank": "a sign that nobody sees",
    "Alder\ufe0fBank": "a sign that nobody sees",
    "x" * 101: "100 are the most",
}
TAKEN = [
    "\u65e5\u672c\u6d77\u904b",
    "Alder & Sons",
    "O'Hara",
    "7",
    "C++ Users",
    "Élan",
    "\uff21\uff22\uff23\u5546\u4e8b",
]
OTHERS = ["ALDER BANK", "\uff21\uff4c\uff44\uff45\uff52 Bank", "Älder-Bank", "\U0001d400lder Bank", "Alder Bank\u2122"]


def _add(works: Works, name: str, **filters: object) -> None:
    works.brain.owner.run("add_customer", name=name, email="a@example.invalid", kind="brief", filters=filters)


@pytest.mark.parametrize(("name", "because"), UNREADABLE.items())
def test_a_name_that_nobody_can_type_is_refused_with_the_reason(works_at_rest: Works, name: str, because: str) -> None:
    with pytest.raises(Refused, match=because) as refusal:
        _add(works_at_rest, name)

    assert refusal.value.rule == "a_customer_has_a_readable_name"


def test_a_name_in_other_letters_is_the_same_name(works: Works) -> None:
    for name in ("Alder Bank", *TAKEN):
        _add(works, name)

    for name in OTHERS:
        with refused("a_customer_has_a_name_of_its_own"):
            _add(works, name)


def test_who_is_a_customer_already_can_be_changed_whatever_the_name(works: Works) -> None:
    stored = "INSERT INTO company.customers (name, email, kind, filters) VALUES (%s, 'a@b.invalid', 'brief', '{}')"
    for name in ("Quay  Lines", "quay lines"):
        works.brain.admin.execute(stored, (name,))

    _add(works, "Quay  Lines", min_score=70)

    assert works.value("SELECT filters FROM company.customers WHERE name = 'Quay  Lines'") == {"min_score": 70}
