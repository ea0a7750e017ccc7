"""moto's listing of schedules is kept until a request changes one."""

from typing import Any

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.quick_moto.kept_listings import KeptListings


class Moto:
    """Answers each request with how many it had; during: what happens in the middle of the next one."""

    def __init__(self) -> None:
        self.requests = 0
        self.status = "200 OK"
        self.during: Any = None

    def __call__(self, _environ: dict[str, Any], start_response: Any) -> list[bytes]:
        self.requests += 1
        number, during, self.during = self.requests, self.during, None
        if during is not None:
            during()
        start_response(self.status, [("Content-Type", "application/json")])
        return [str(number).encode()]


def _ask(listings: KeptListings, method: str = "GET", path: str = "/schedules", query: str = "") -> str:
    environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
    return b"".join(listings(environ, lambda *_: None)).decode()  # type: ignore[arg-type]


def test_a_listing_is_asked_once_until_a_schedule_changes() -> None:
    listings = KeptListings(Moto())

    first, again = _ask(listings), _ask(listings)
    _ask(listings, "POST", "/schedules/wake")

    assert (first, again, _ask(listings)) == ("1", "1", "3")


def test_each_question_has_a_listing_of_its_own_and_one_schedule_is_never_kept() -> None:
    listings = KeptListings(Moto())

    assert [_ask(listings, query=group) for group in ("a", "b", "a")] == ["1", "2", "1"]
    assert [_ask(listings, path="/schedules/wake") for _ in range(2)] == ["3", "4"]


def test_what_was_listed_in_the_middle_of_a_change_is_not_kept() -> None:
    moto = Moto()
    listings = KeptListings(moto)
    moto.during = lambda: _ask(listings)

    _ask(listings, "DELETE", "/schedules/wake")

    assert _ask(listings) == "3"


def test_a_refusal_is_not_kept() -> None:
    moto = Moto()
    moto.status = "500 INTERNAL SERVER ERROR"
    listings = KeptListings(moto)

    assert [_ask(listings), _ask(listings)] == ["1", "2"]


def test_a_new_schedule_is_listed_at_once(cloud: LocalAws) -> None:
    scheduler = cloud.client("scheduler")
    scheduler.create_schedule_group(Name="office")
    target = {"Arn": "arn:aws:lambda:us-east-1:123456789012:function:x", "RoleArn": "arn:aws:iam::123456789012:role/x"}
    before = scheduler.list_schedules(GroupName="office")["Schedules"]

    scheduler.create_schedule(
        GroupName="office",
        Name="wake",
        ScheduleExpression="rate(5 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target=target,
    )

    assert (before, [one["Name"] for one in scheduler.list_schedules(GroupName="office")["Schedules"]]) == (
        [],
        ["wake"],
    )
