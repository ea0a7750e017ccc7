"""Turns a template and values into a page. What is not Markup of ours is escaped; ids in texts become links."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from aws_lambda_powertools.event_handler import Response
from aws_lambda_powertools.shared.cookies import Cookie
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from company.console import assets
from company.console.linking import linked
from company.console.site import Site
from company.console.strips import LEGEND
from company.console.tones import TONES
from company.console.visit import FIELD, Visit
from company.pages.banner import desk_banner
from company.pages.org import describe_evidence
from company.text.wording import clipped, counted, duration_text, moment_text

HERE = Path(__file__).parent
HTML = "text/html; charset=utf-8"
PAGES = (
    ("/", "Today"),
    ("/briefs", "Briefs"),
    ("/company", "Company"),
    ("/schedules", "Schedules"),
    ("/work", "Work"),
    ("/findings", "Findings"),
    ("/agents", "Agents"),
    ("/pipelines", "Pipelines"),
    ("/product", "Product"),
    ("/customers", "Customers"),
    ("/money", "Money"),
    ("/changes", "Changes"),
    ("/auditors", "Auditors"),
    ("/alarms", "Alarms"),
    ("/settings", "Settings"),
)


def page(visit: Visit, template: str, status: int = 200, **values: object) -> Response[str]:
    """A page for somebody with the key: with the links to all others, and what the last form did."""
    shared = {"visit": visit, "pages": PAGES, "done": _done(visit), "banner": _banner(visit)}
    return _response(visit.site, template, status, {**shared, **values})


def outside(site: Site, template: str, status: int = 200, **values: object) -> Response[str]:
    """A page for anybody: the login, a question behind a link, or a message."""
    return _response(site, template, status, {"visit": None, **values})


def message(
    site: Site, title: str, text: str, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response[str]:
    """A page of one sentence."""
    made = outside(site, "message.html.j2", status, title=title, text=text)
    made.headers.update(headers or {})
    return made


def see_other(path: str, cookies: list[Cookie] | None = None) -> Response[str]:
    """Redirects to a GET, so that a reload of the next page does not post again."""
    return Response(303, HTML, "", {"location": path}, cookies)


def _response(site: Site, template: str, status: int, values: Mapping[str, object]) -> Response[str]:
    text = _environment().get_template(template).render({"site": site, "asset": assets.address, **values})
    return Response(status, HTML, text)


def _done(visit: Visit) -> Mapping[str, Any] | None:
    number = visit.number("done")
    if number is None:
        return None
    return visit.brain.one("console_act", act=number, session_key=visit.session.key)


def _banner(visit: Visit) -> str:
    return desk_banner(visit.site.desk) if visit.site.desk else ""


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters.update(
        linked=_linked,
        moment=_moment,
        ago=_ago,
        lasting=duration_text,
        tone=lambda word: TONES.get(word, "plain"),
        clipped=clipped,
        evidence=describe_evidence,
        part=lambda text: quote(str(text), safe="@:"),
        usd=lambda value: f"${value:,.2f}",
        number=lambda value: "-" if value is None else f"{value:,}",
    )
    environment.globals.update(form_key=_form_key, counted=counted, legend=LEGEND)
    return environment


@pass_context
def _linked(context: Context, text: object) -> Markup:
    visit = context["visit"]
    return linked(str(text), visit.roles, visit.site.vertical) if visit else Markup.escape(str(text))


@pass_context
def _moment(context: Context, at: datetime | date | None) -> Markup:
    """A moment as people say it, and to the second for programs."""
    if at is None:
        return Markup("-")
    if not isinstance(at, datetime):
        return Markup('<time datetime="{}">{} {:%b %Y}</time>').format(at.isoformat(), at.day, at)
    visit = context["visit"]
    text = moment_text(at, visit.now, visit.site.zone)
    exact = f"{at.astimezone(visit.site.zone):%Y-%m-%d %H:%M:%S %Z}"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(at.isoformat(timespec="seconds"), exact, text)


@pass_context
def _ago(context: Context, at: datetime | None) -> str:
    now: datetime = context["visit"].now
    return "never" if at is None else f"{duration_text(max(now - at, timedelta()))} ago"


@pass_context
def _form_key(context: Context, path: str) -> Markup:
    """The hidden field that makes a form to that path one of this session's, for one use."""
    key = context["visit"].form_key(path)
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, key)
