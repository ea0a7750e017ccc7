"""Money: what the model cost by day and by role, and the limits, which are set here."""

from datetime import timedelta
from decimal import Decimal, InvalidOperation

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of

MONTH = timedelta(days=30)
UNITS = ("usd", "tokens", "fires")
MOST = Decimal(10**9)
PLOTTED = 3
"""Roles with a colour of their own; the others share one."""
routes = new_routes()


@routes.get("/money")
def _money() -> Response[str]:
    visit = visit_of(routes)
    rows = visit.brain.all("console_spend", since=visit.now - MONTH)
    roles = _summed(rows)
    plotted = list(roles)[:PLOTTED]
    return page(
        visit,
        "money.html.j2",
        days=_by_day(rows, plotted),
        roles=roles,
        plotted=plotted,
        limits=visit.brain.all("spending_limits"),
        units=UNITS,
    )


def _summed(rows: list[dict[str, object]]) -> dict[object, dict[str, float]]:
    """Dollars, tokens and calls for each role, the most expensive first."""
    found: dict[object, dict[str, float]] = {}
    for row in rows:
        sums = found.setdefault(row["role"], {"usd": 0, "tokens": 0, "calls": 0})
        for name in sums:
            sums[name] += float(str(row[name]))
    return dict(sorted(found.items(), key=lambda pair: -pair[1]["usd"]))


def _by_day(rows: list[dict[str, object]], leading: list[object]) -> dict[object, list[float]]:
    """Dollars of each day: of each of the leading roles, and of all others together."""
    found: dict[object, list[float]] = {}
    for row in rows:
        sums = found.setdefault(row["day"], [0.0] * (len(leading) + 1))
        sums[leading.index(row["role"]) if row["role"] in leading else -1] += float(str(row["usd"]))
    return found


@routes.post("/money/limit")
def _limit() -> Response[str]:
    visit = visit_of(routes)
    whose, unit = visit.field("whose", 40), visit.field("unit", 10)
    try:
        most = Decimal(visit.field("most", 20))
    except InvalidOperation as error:
        raise BadRequest(422, "A limit is a number, like 2.00.") from error
    if unit not in UNITS or not (most.is_finite() and 0 <= most <= MOST):
        raise BadRequest(422, "A limit is a number from 0 on, of usd, tokens or fires a day.")

    def do() -> str:
        visit.brain.run("set_spending_limit", whose=whose, unit=unit, most=most)
        return f"From now on {whose} may use {most:f} {unit} a day."

    return see_other(f"/money?done={visit.act(f'limited {whose} to {most:f} {unit} a day', do)}")
