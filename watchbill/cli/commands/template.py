"""`watchbill template`: writes the template of the product in VERTICAL as one file for `sam build`."""

import shlex
from pathlib import Path

import typer

from watchbill.cli.arguments import path_option
from watchbill.cli.printing import say


def template(
    out: Path = path_option(
        None, "--out", metavar="FILE", help="The file to write; by default beside infra/template.yaml."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print what was written as JSON."),
) -> None:
    """Write the template that deploys the product in VERTICAL: infra/template.yaml with that product's parts."""
    from company.text.files import read_utf8
    from company.vertical import load
    from watchbill.cli.arguments import write_text
    from watchbill.cli.printing import show_json
    from watchbill.cli.shell_settings import read_shell
    from watchbill.cloud.template.product_template import composed
    from watchbill.errors import UsageError
    from watchbill.home import CHECKOUT, TEMPLATE, default_vertical

    name = read_shell().vertical
    is_shipped = name == default_vertical()
    path = out or (TEMPLATE if is_shipped else TEMPLATE.with_name(f"template.{name}.yaml"))
    if path.resolve().parent != TEMPLATE.parent:
        raise UsageError(f"--out {path} is outside {TEMPLATE.parent}: the template names its code by where it stands.")
    if path != TEMPLATE:
        text = read_utf8(TEMPLATE) if is_shipped else composed(CHECKOUT, load(name))
        write_text(path, text)
    if as_json:
        show_json({"vertical": name, "template": str(path)})
    else:
        say(f"{path} deploys {name}, by: sam build --template-file {shlex.quote(str(path))} && sam deploy")
