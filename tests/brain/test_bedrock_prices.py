"""Amazon's names for a model have the model's price, and a regional profile has its surcharge."""

import pytest

from tests.support.acts import session_of
from tests.support.brains import TestBrain

ARN = "arn:aws:bedrock:eu-central-1:123456789012:inference-profile/"
THOUSAND = {"input": 1000, "output": 0, "cache_write": 0, "cache_read": 0}


@pytest.mark.parametrize(
    ("model", "usd"),
    [
        ("claude-sonnet-5-5", 2.0),
        ("global.anthropic.claude-sonnet-5-5", 2.0),
        (f"{ARN}global.anthropic.claude-sonnet-5-5", 2.0),
        ("eu.anthropic.claude-sonnet-5-5", 2.2),
        (f"{ARN}eu.anthropic.claude-sonnet-5-5", 2.2),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", 3.3),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", 1.1),
    ],
)
def test_amazons_name_for_a_model_has_its_price_and_the_regions_surcharge(
    brain: TestBrain, model: str, usd: float
) -> None:
    session, worker = session_of(brain, "data_worker"), brain.as_role("data_worker")

    taken = worker.value("reserve_spend", session_id=session, model=model, most_input=1000, most_output=1)
    cost = worker.value("settle_spend", reservation=taken, **THOUSAND)

    assert float(cost) == pytest.approx(usd / 1000)
    assert brain.owner.all("unpriced_models", since=brain.now()) == []


@pytest.mark.parametrize("model", ["claude-haiku-5-5", "eu.anthropic.claude-haiku-5-5", "somebody-elses"])
@pytest.mark.parametrize("prompt", [1000, 200_000])
def test_the_owners_estimate_is_what_the_call_costs(brain: TestBrain, model: str, prompt: int) -> None:
    brain.admin.execute('UPDATE company.roster SET budget = \'{"turns": 9, "tokens": 900000, "usd": 90}\'')
    brain.owner.run("set_spending_limit", whose="company", unit="usd", most=90)
    session, worker = session_of(brain, "data_worker"), brain.as_role("data_worker")
    used = {"input": prompt, "output": 7, "cache_write": 0, "cache_read": 3}

    taken = worker.value("reserve_spend", session_id=session, model=model, most_input=prompt, most_output=7)
    cost = worker.value("settle_spend", reservation=taken, **used)

    assert (
        float(cost) == pytest.approx(brain.owner.value("price_of_tokens", model=model, **used), abs=1e-6) and cost > 0
    )


def test_what_is_reserved_has_the_surcharge_too(brain: TestBrain) -> None:
    most = "SELECT company.most_cost_of(%(model)s, company.priced_as(%(model)s), 1000000, 0)::float8 AS usd"
    admin = brain.as_login("migrate")

    usd = [
        admin.execute(most, {"model": f"{where}anthropic.claude-opus-5-5"}).fetchone() for where in ("global.", "jp.")
    ]

    assert usd == [{"usd": 5.0}, {"usd": 5.5}]
