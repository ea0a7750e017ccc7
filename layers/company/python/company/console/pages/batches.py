"""A batch: the last promotion of a source is undone, and one that its checks hold is released or refused."""

from aws_lambda_powertools.event_handler import Response

from company.aws.function_url import BadRequest
from company.console.confirming import ask_once_more
from company.console.rendering import see_other
from company.console.routing import new_routes
from company.console.visit import Visit, visit_of
from company.text.wording import counted

VERDICTS = {
    "release": "it is promoted at the next fire of promote",
    "refuse": "it is never promoted; the next edition is read as usual",
}
routes = new_routes()


@routes.post("/batches/undo")
def _undo() -> Response[str]:
    visit = visit_of(routes)
    number, reason = _number(visit), _reason(visit)
    back = f"/B-{number}"
    says = (
        f"What B-{number} changed is as it was before it, from now on. It is not promoted again by itself, and "
        "who read a page with its content gets a correction once you approve it."
    )
    if asked := ask_once_more(visit, title=f"Undo B-{number}?", says=says, button="Undo it", back=back):
        return asked

    def do() -> str:
        taken_back = visit.brain.value("undo_batch", batch=number, reason=reason)
        return f"B-{number} is undone: {counted(taken_back, 'row is as it was', 'rows are as they were')} before it."

    return see_other(f"{back}?done={visit.act(f'undid B-{number}', do)}")


@routes.post("/batches/decide")
def _decide() -> Response[str]:
    visit = visit_of(routes)
    number, verdict, reason = _number(visit), visit.field("verdict", 10), _reason(visit)
    if verdict not in VERDICTS:
        raise BadRequest(422, f"A held batch takes one of {', '.join(VERDICTS)}.")
    back, says = f"/B-{number}", f"B-{number}: {VERDICTS[verdict]}. This is decided once."
    title, button = f"{verdict.capitalize()} B-{number}?", f"{verdict.capitalize()} it"
    if asked := ask_once_more(visit, title=title, says=says, button=button, back=back):
        return asked

    def do() -> str:
        visit.brain.run("decide_batch", batch=number, verdict=verdict, reason=reason)
        return f"B-{number} is {verdict}d: {VERDICTS[verdict]}."

    return see_other(f"{back}?done={visit.act(f'{verdict}d B-{number}', do)}")


def _number(visit: Visit) -> int:
    text = visit.field("batch", 15)
    if not (text.isascii() and text.isdecimal()):
        raise BadRequest(400, "This form names no batch.")
    return int(text)


def _reason(visit: Visit) -> str:
    reason = visit.field("reason", 500)
    if not reason:
        raise BadRequest(422, "Say why, in a few words: it is kept with the batch.")
    return reason
