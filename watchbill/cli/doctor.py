"""`watchbill doctor`: whether the desk has what it needs, and whether files, template and brain agree."""

from dataclasses import asdict

import typer


def doctor(as_json: bool = typer.Option(False, "--json", help="Print every look as JSON.")) -> None:
    """Look at Python, disk, ports, Postgres, records, template and the last brain; each line says what to do."""
    from watchbill.checkup import Ground, examine
    from watchbill.cli.printing import show, show_json
    from watchbill.cli.surroundings import look_around

    here = look_around()
    found = list(examine(Ground(here.home, here.vertical, here.desk_postgres)))
    if as_json:
        show_json([asdict(one) for one in found])
    else:
        lines = [f"{'ok ' if one.is_ok else 'BAD'}  {one.name:<11} {one.what}" for one in found]
        remedies = ["" if one.is_ok else f"\n     {'':<11} do: {one.do}" for one in found]
        show("".join(f"{line}{remedy}\n" for line, remedy in zip(lines, remedies, strict=True)))
    raise typer.Exit(0 if all(one.is_ok for one in found) else 1)
