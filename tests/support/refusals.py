"""How a test says that the brain must refuse, and by which rule."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from company.errors import Refused


@contextmanager
def refused(rule: str) -> Iterator[None]:
    """The block must end in a refusal by this rule and no other."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.rule == rule, f"refused by {caught.value.rule}: {caught.value}"


NO_RIGHT = "one_writes_only_what_ones_login_may"
"""What a missing GRANT is called on its way out of the database."""
