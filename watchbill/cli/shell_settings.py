"""What the owner's commands take from the process environment: read once, here only; then it is sealed, on the desk."""

import os
import shlex
import shutil
import sys
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from watchbill.cli.choice import chosen_stack
from watchbill.cloud.seal import seal
from watchbill.desk.model_access import ModelAccess
from watchbill.errors import UsageError
from watchbill.home import CHECKOUT, HOME, default_vertical, find_products, products
from watchbill.suggesting import no_such

WIDTH = 112
ASKED_TO_COMPLETE = os.environ.get("_WATCHBILL_COMPLETE", "")
"""What a shell at Tab asks for; read before the environment is sealed, which takes it away."""


@dataclass(frozen=True)
class ShellSettings:
    """The desk's folder, the product, and the Postgres and cloud to use."""

    home: Path
    named_vertical: str | None
    desk_postgres: str | None
    endpoint_url: str | None
    notes: tuple[str, ...]
    model: ModelAccess | None = None
    """Taken before the environment is sealed; only --think uses it."""

    @property
    def vertical(self) -> str:
        """The product: VERTICAL's, else the template's, which is read when a command asks: --help needs none."""
        if self.named_vertical is None:
            return default_vertical()
        if not self.named_vertical.isidentifier() or find_spec(self.named_vertical) is None:
            raise no_such("product", self.named_vertical, products())
        return self.named_vertical


@cache
def read_shell() -> ShellSettings:
    """Reads the environment and seals it. Later calls return the same result."""
    if (stack := chosen_stack()) is not None:
        raise UsageError(f"This command works on the desk alone: leave out --aws (and WATCHBILL_STACK={stack}).")
    model = ModelAccess.from_environment(os.environ)
    sealed = seal()
    ready()
    return ShellSettings(
        home=HOME,
        named_vertical=os.environ.get("VERTICAL") or None,
        desk_postgres=os.environ.get("DESK_POSTGRES") or None,
        endpoint_url=sealed.endpoint_url,
        notes=sealed.notes,
        model=model,
    )


def ready() -> None:
    """What every command needs of this process, on the desk and for a stack."""
    os.environ.setdefault("LESS", "-FRX")  # the pager shows colours, and ends by itself where a page fits
    if region := os.environ.get("AWS_REGION"):  # first, as `aws` has it; boto3 and SAM know the other name alone
        os.environ["AWS_DEFAULT_REGION"] = region
    find_products()


def home() -> Path:
    """The desk's folder, also of a command that is about a stack and leaves a file there."""
    HOME.mkdir(parents=True, exist_ok=True)
    return HOME


def is_completing() -> bool:
    """Whether a shell asks for the words that could come next, and nothing is to be run."""
    return bool(ASKED_TO_COMPLETE)


def completes_for_bash() -> bool:
    """Whether that shell is bash."""
    return ASKED_TO_COMPLETE.endswith("bash")


def is_plain() -> bool:
    """Whether output has neither colour nor weight: NO_COLOR is set, to anything (no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def width() -> int:
    """The width of the terminal; 112 where there is none."""
    return shutil.get_terminal_size((WIDTH, 24)).columns if sys.stdout.isatty() else WIDTH


def program() -> str:
    """How this command is typed in a shell: by name where PATH has it, else by its path in the checkout."""
    found = shutil.which("watchbill")
    if found and Path(found).resolve().parent == Path(sys.prefix, "bin").resolve():
        return "watchbill"  # and not the command of another company
    installed, here = CHECKOUT / ".venv" / "bin" / "watchbill", Path.cwd()
    return shlex.quote(str(installed.relative_to(here) if installed.is_relative_to(here) else installed))
