"""One module per page. Each has its routes; `ALL` is every page of the console."""

from company.console.pages import (
    agents,
    alarms,
    auditors,
    batches,
    briefs,
    changes,
    customer_keys,
    customers,
    entrance,
    findings,
    handled,
    ids,
    inventories,
    links,
    money,
    org,
    pipelines,
    product,
    schedules,
    settings,
    staffing,
    today,
    work,
)

MODULES = (
    entrance, links, today, briefs, org, staffing, schedules, work, findings, agents, pipelines, batches, product,
    customers, customer_keys, handled, inventories, money, changes, auditors, alarms, settings, ids,
)  # fmt: skip
ALL = tuple(module.routes for module in MODULES)
