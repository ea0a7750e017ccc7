"""`watchbill org`: shows who is responsible for what, orphans first."""

import typer


def org(
    show_all: bool = typer.Option(False, "--all", help="Show the branches without problems, too."),
    as_html: bool = typer.Option(False, "--html", help="Print the same page as HTML."),
    as_json: bool = typer.Option(False, "--json", help="Print tree, orphans and schedules as JSON."),
) -> None:
    """Show who is responsible for what: orphans, roles with problems, who reports to whom, who watches."""
    from company.pages import org as page
    from company.pages import org_html, org_text
    from watchbill.cli.arguments import require_one
    from watchbill.cli.last_desk import open_brain, the_company, title, zone
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import width

    require_one(html=as_html, json=as_json)
    day = the_company()
    with open_brain() as brain:
        drawn = page.gather(brain, title=title(day), zone=zone(), desk=day.data_kind)
    if as_json:
        show_json(page.as_json(drawn))
    elif as_html:
        typer.echo(org_html.render(drawn), nl=False)
    else:
        show(org_text.render(drawn, width(), is_open=show_all))
