"""One module per page. Each has its routes; `ALL` is every page of the console."""

from company.console.pages import (
    agents,
    alarms,
    auditors,
    briefs,
    changes,
    customers,
    entrance,
    findings,
    ids,
    links,
    money,
    org,
    pipelines,
    product,
    schedules,
    settings,
    today,
    work,
)

MODULES = (
    entrance, links, today, briefs, org, schedules, work, findings, agents, pipelines, product, customers, money,
    changes, auditors, alarms, settings, ids,
)  # fmt: skip
ALL = tuple(module.routes for module in MODULES)
