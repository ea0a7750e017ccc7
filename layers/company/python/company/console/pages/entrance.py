"""The login, logging out, and the style and scripts, which have nothing to hide."""

from typing import Any

from aws_lambda_powertools.event_handler import Response

from company.console import assets
from company.console.login import is_key, log_out, new_cookie
from company.console.rendering import message, outside, see_other
from company.console.routing import new_routes
from company.console.visit import visit_of

routes = new_routes()


@routes.get("/assets/<digest>/<name>")
def _asset(digest: str, name: str) -> Response[str]:
    found = assets.serve(digest, name)
    return found or message(routes.context["site"], "There is no such page", "Nothing is at this address.", 404)


@routes.get("/login")
def _ask_for_the_key() -> Response[str]:
    return outside(routes.context["site"], "login.html.j2", was_wrong=False)


@routes.post("/login")
def _log_in() -> Response[str]:
    """Wrong keys of one address are counted: after ten in a minute even the right one waits."""
    site, request = routes.context["site"], routes.context["request"]
    form = request.form()
    if site.guesses.is_over(request.source_ip):
        says = "Too many wrong keys from your address. Wait a minute."
        return message(site, "Too many wrong keys", says, 429, {"retry-after": "60"})
    if is_key(site, form.get("key", "")):
        return see_other("/", [new_cookie(site, site.brain().now())])
    site.guesses.count(request.source_ip)
    return outside(site, "login.html.j2", 401, was_wrong=True)


@routes.post("/logout")
def _log_out() -> Response[Any]:
    visit = visit_of(routes)
    return see_other("/", [log_out(visit.site, visit.session)])
