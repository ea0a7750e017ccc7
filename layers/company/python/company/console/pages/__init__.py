"""One module per page. Each has its routes; `ALL` is every page of the console."""

from company.console.pages import briefs, entrance, findings, ids, links, org, schedules, today

ALL = tuple(module.routes for module in (entrance, links, today, briefs, org, schedules, findings, ids))
