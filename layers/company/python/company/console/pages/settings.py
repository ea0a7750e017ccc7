"""Approvals and settings: what the company may do outside by itself, whether it runs, and what you did here."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.paging import paged
from company.console.rendering import page, see_other
from company.console.routing import new_routes
from company.console.rows import WaitingEntry
from company.console.visit import visit_of
from company.owner.approval_levels import MEANINGS, MEANINGS_OF

ACTS = 20
routes = new_routes()


@routes.get("/settings")
def _settings() -> Response[str]:
    visit = visit_of(routes)
    return page(
        visit,
        "settings.html.j2",
        approvals=visit.brain.all("list_approvals"),
        meanings=lambda action: MEANINGS_OF.get(action, MEANINGS),
        entries=visit.brain.rows(WaitingEntry, "entries_waiting", decision_id=None),
        company_is=visit.brain.value("company_is"),
        plants_tests=visit.brain.value("tests_are_planted"),
        **paged(visit, lambda **part: visit.brain.all("console_acts", **part), ACTS),
    )


@routes.post("/settings/tests")
def _plant() -> Response[str]:
    visit = visit_of(routes)
    value = visit.field("value", 5)

    def do() -> str:
        visit.brain.run("set_switch", switch="planted_tests", value=value)
        if value == "on":
            return "From now on each auditor is tested with a planted defect a week."
        return "No test is planted any more; those that are planted already are still looked for."

    return see_other(f"/settings?done={visit.act(f'set planted tests to {value}', do)}")


@routes.post("/settings/approval")
def _approve() -> Response[str]:
    visit = visit_of(routes)
    action, level = visit.field("action", 40), visit.field("level", 10)
    meanings = MEANINGS_OF.get(action, MEANINGS)
    if level not in meanings:
        raise BadRequest(422, f"A level is one of {', '.join(meanings)}.")

    def do() -> str:
        visit.brain.run("set_approval", action=action, level=level)
        return f"{action} is {level} from now on: {meanings[level]}."

    return see_other(f"/settings?done={visit.act(f'set {action} to {level}', do)}")
