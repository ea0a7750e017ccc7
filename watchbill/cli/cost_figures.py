"""The figures of `watchbill cost`: as JSON, and as a page."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from company.brain import Brain
from company.json_values import JsonObject
from company.text.wording import counted
from watchbill.cli.printing import table


@dataclass(frozen=True)
class RoleCost:
    """What one employee's fires cost, and how many of them went by the book."""

    role: str
    fires: int
    by_the_book: int
    turns: int
    usd: float


@dataclass(frozen=True)
class TokenCount:
    """Tokens of one kind that one employee used."""

    role: str
    kind: str
    tokens: int


@dataclass(frozen=True)
class DailyLimit:
    """A daily limit of the company or of an employee, and how much of it is used."""

    whose: str
    unit: str
    most: float
    gone: float


@dataclass(frozen=True)
class LimitReached:
    """An employee that continued by the book because a limit was reached."""

    role: str
    scope: str
    times: int
    last_at: datetime
    because: str


@dataclass(frozen=True)
class UnpricedModel:
    """A model without a price, and its calls."""

    model: str
    calls: int


def figures(brain: Brain, *, since: datetime, now: datetime) -> JsonObject:
    """{"usd", "tokens", "by_role"} of the span, and today, month, cached share, limits, limits reached, unpriced."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    costs = brain.rows(RoleCost, "cost_by_role", since=since)
    summed = as_figures(costs, brain.rows(TokenCount, "tokens_by_kind", since=since))
    return {
        **summed,
        "since": since.isoformat(),
        "today_usd": round(brain.value("spent_since", since=today), 6),
        "month_usd": round(brain.value("spent_since", since=month), 6),
        "cached": cached_share(summed["tokens"]),
        "limits": [asdict(row) for row in brain.rows(DailyLimit, "spending_limits")],
        "by_the_book": [asdict(row) for row in brain.rows(LimitReached, "spending_refusals", since=since)],
        "unpriced": [asdict(row) for row in brain.rows(UnpricedModel, "unpriced_models", since=since)],
    }


def as_figures(costs: Iterable[RoleCost], counts: Iterable[TokenCount]) -> JsonObject:
    """{"usd", "tokens": {kind: n}, "by_role": {role: {"usd", "tokens", "cached", "fires", "by_the_book", "turns"}}}."""
    tokens: dict[str, int] = defaultdict(int)
    of_role: dict[str, dict[str, int]] = defaultdict(dict)
    for count in counts:
        tokens[count.kind] += count.tokens
        of_role[count.role][count.kind] = count.tokens
    by_role = {
        cost.role: {
            "usd": round(cost.usd, 6),
            "tokens": of_role[cost.role],
            "cached": cached_share(of_role[cost.role]),
            "fires": cost.fires,
            "by_the_book": cost.by_the_book,
            "turns": cost.turns,
        }
        for cost in costs
    }
    usd = sum(round(of["usd"], 6) for of in by_role.values() if isinstance(of["usd"], float))
    return {"usd": round(usd, 6), "tokens": dict(tokens), "by_role": by_role}


def cached_share(tokens: Mapping[str, int]) -> float | None:
    """The share of all input that was read from the cache, 0 to 1; None without any input."""
    whole = sum(tokens.get(kind, 0) for kind in ("input", "cache_write", "cache_read"))
    return round(tokens.get("cache_read", 0) / whole, 4) if whole else None


def as_page(summed: JsonObject, span: str) -> str:
    """The same as text: the sums, the limits, who continued by the book, and the roles."""
    first = f"${summed['usd']:.2f} {span}; the cloud's own bill is not included.\n"
    cached = "" if summed["cached"] is None else f"; {summed['cached']:.0%} of the input came from the cache"
    second = f"${summed['today_usd']:.2f} today (UTC), ${summed['month_usd']:.2f} this month{cached}.\n"
    return first + second + "".join(_remarks(summed)) + "\n" + _limits(summed) + "\n" + _roles(summed)


def _remarks(summed: JsonObject) -> Iterable[str]:
    for row in summed["by_the_book"]:
        yield f"{row['role']} continued by the book {row['times']}x: {row['because']}\n"
    for row in summed["unpriced"]:
        calls = counted(row["calls"], "call")
        yield f"{row['model']} has no price: {calls} counted at the most expensive known price.\n"


def _limits(summed: JsonObject) -> str:
    cells = [(row["whose"], row["unit"], _amount(row["gone"]), _amount(row["most"])) for row in summed["limits"]]
    return table(("DAILY LIMIT", "UNIT", "USED", "OF"), cells)


def _amount(number: float) -> str:
    """2, 0.35, 5,000,000."""
    return f"{number:,.2f}".rstrip("0").rstrip(".")


def _roles(summed: JsonObject) -> str:
    head = ("ROLE", "USD", "INPUT", "OUTPUT", "CACHE WRITE", "CACHE READ", "CACHED", "FIRES", "BY THE BOOK")
    cells = [_role_cells(role, of) for role, of in summed["by_role"].items()]
    return table(head, cells) if cells else "Nobody fired.\n"


def _role_cells(role: str, of: JsonObject) -> Sequence[str]:
    kinds = ("input", "output", "cache_write", "cache_read")
    return (
        role,
        f"{of['usd']:.4f}",
        *(f"{of['tokens'].get(kind, 0):,}" for kind in kinds),
        "-" if of["cached"] is None else f"{of['cached']:.0%}",
        str(of["fires"]),
        str(of["by_the_book"]),
    )
