"""`watchbill restore`: rehearses a restore of the brain from a backup, and lists what had left the company since."""

import typer

REHEARSED = "brain_restored"
WENT_BACK = "brain_went_back"


def restore(
    seed: int = typer.Option(1, min=0, metavar="N", help="Varies the rehearsal as it does a drill."),
    as_json: bool = typer.Option(False, "--json", help="Print the rehearsal as JSON."),
) -> None:
    """Rehearse a restore on this machine: a night, a backup, a morning's mail, and the brain set back to the backup.

    Prints who noticed it, what had left the company since the backup, and whether anything left twice (then exit 1).
    """
    from watchbill.cli.commands.day import progress
    from watchbill.cli.commands.drill import say_whose_company
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import read_shell
    from watchbill.drill.options import DrillOptions
    from watchbill.drill.run import run_drill

    here = read_shell()
    options = DrillOptions(here.home, here.vertical, (REHEARSED,), seed, here.endpoint_url, here.desk_postgres)
    with progress() as on_progress:
        report = run_drill(options, on_progress)
    left = _left_since_the_backup()
    if as_json:
        show_json({**report.as_json(), "left_since": left})
    else:
        show("\n".join([report.as_text(), "left the company since the backup:", *(f"  {act}" for act in left), ""]))
    say_whose_company()
    if not report.verdict.ok:
        raise typer.Exit(1)


def _left_since_the_backup() -> list[str]:
    """As heartbeat listed it in its finding."""
    from company.watch.finding_records import Finding
    from watchbill.cli.last_desk import open_brain

    with open_brain() as brain:
        found = brain.rows(Finding, "list_findings", only_open=False, limit=1000)
    return [str(act) for one in found if one.kind == WENT_BACK for act in one.evidence["left"]]
