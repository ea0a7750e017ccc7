"""Hiring and retiring: a role is a folder of the checkout, so only a console that stands beside one does it."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.confirming import ask_once_more
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.site import Staffing
from company.console.visit import Visit, visit_of

ASKED = ("role", "like", "schedule", "reports_to", "watched_by", "description")
routes = new_routes()


@routes.get("/hire")
def _form() -> Response[str]:
    visit = visit_of(routes)
    return page(visit, "hire.html.j2", can_hire=visit.site.staffing is not None)


@routes.post("/hire")
def _hire() -> Response[str]:
    visit = visit_of(routes)
    wanted = {name: visit.field(name, 300) for name in ASKED}
    hire = _staffing(visit).hire
    noted = visit.act(f"hired {wanted['role'][:40]}", lambda: "")
    visit.say(noted, hire({name: text for name, text in wanted.items() if text}))
    return see_other(f"/hire?done={noted}")


@routes.post("/roles/retire")
def _retire() -> Response[str]:
    visit = visit_of(routes)
    role, hands_over = visit.field("role", 40), visit.field("hand_over", 5) == "yes"
    retire = _staffing(visit).retire
    says = (
        f"The folder, template block, event and test of {role} are removed from the checkout. With the next deploy its "
        "schedule and login are gone; its work stays readable. Only your version control brings the files back."
    )
    if asked := ask_once_more(visit, title=f"Retire {role}?", says=says, button="Retire it", back=f"/roles/{role}"):
        return asked
    noted = visit.act(f"retired {role}", lambda: "")
    visit.say(noted, retire(role, hands_over))
    return see_other(f"/company?done={noted}")


def _staffing(visit: Visit) -> Staffing:
    if visit.site.staffing is None:
        raise BadRequest(409, "A role is a folder of your checkout: hire and retire there, by watchbill, then deploy.")
    return visit.site.staffing
