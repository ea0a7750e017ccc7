"""`watchbill doctor`: whether the desk has what it needs, whether files, template and brain agree, and who rings."""

from dataclasses import asdict

import typer


def doctor(
    ring: bool = typer.Option(False, "--ring", help="Really try each way by which you would be woken, and keep when."),
    as_json: bool = typer.Option(False, "--json", help="Print every look as JSON."),
) -> None:
    """Look at Python, disk, ports, model, Postgres, records, template and the last brain; each line says what to do."""
    if ring:
        _ring(as_json)
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.shell_settings import read_shell
    from watchbill.doctor.checks import LocalSetup, examine

    here = read_shell()
    found = list(examine(LocalSetup(here.home, here.vertical, here.desk_postgres, here.model)))
    if as_json:
        show_json([asdict(one) for one in found])
    else:
        lines = [f"{'ok ' if one.is_ok else 'BAD'}  {one.name:<11} {one.what}" for one in found]
        remedies = ["" if one.is_ok else f"\n     {'':<11} do: {one.do}" for one in found]
        show("".join(f"{line}{remedy}\n" for line, remedy in zip(lines, remedies, strict=True)))
    raise typer.Exit(0 if all(one.is_ok for one in found) else 1)


def _ring(as_json: bool) -> None:
    from watchbill.cli.last_desk import open_desk
    from watchbill.cli.printing import show, show_json
    from watchbill.doctor.alarm_test import last_tries, ring_all

    with open_desk() as desk:
        tried = list(ring_all(desk))
        with desk.brain() as brain:
            last = {row["alarm"]: row for row in last_tries(brain)}
    if as_json:
        show_json([one.as_json() for one in tried])
    else:
        for one in tried:
            word = "-  " if not one.is_set else "ok " if one.is_ok else "BAD"
            when = f"{last[one.alarm]['tested_at']:%a %d %b %H:%M}" if one.alarm in last else "never"
            show(f"{word}  {one.alarm:<15} tested {when:<17} {one.result}\n")
    raise typer.Exit(0 if all(one.is_ok for one in tried) else 1)
