"""The sets that can be installed, and the parts of each."""

import hashlib
import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOREIGN = re.compile(r"== '(win32|emscripten)'")  # in the marker of a package for other systems
CHECKOUT = "checkout"  # the part without a lock: this checkout, importable and with the `watchbill` command
READ_BY_A_DAY = (
    *("attr", "aws_lambda_powertools", "blinker", "boto3", "botocore", "charset_normalizer", "click", "croniter"),
    *("cryptography", "dateutil", "flask", "flask_cors", "idna", "itsdangerous", "jinja2", "jmespath", "jsonpointer"),
    *("jsonschema", "localstack_client", "markupsafe", "psycopg", "pydantic", "pydantic_core", "referencing"),
    *("requests", "responses", "rich", "s3transfer", "samtranslator", "simplejson", "six", "typer"),
    *("typing_extensions", "typing_inspection", "urllib3", "werkzeug", "xmltodict", "yaml"),
    *("moto/__init__", "moto/settings", "moto/awslambda", "moto/backend_index", "moto/backends", "moto/cloudwatch"),
    *("moto/core", "moto/dynamodb", "moto/dynamodbstreams", "moto/ecr", "moto/events", "moto/iam", "moto/kinesis"),
    *("moto/logs", "moto/moto_api", "moto/moto_server", "moto/s3", "moto/s3bucket_path", "moto/scheduler"),
    *("moto/secretsmanager", "moto/ses", "moto/sesv2", "moto/sns", "moto/sqs", "moto/ssm", "moto/sts"),
    "moto/utilities",
)
"""The installed packages that a day imports, a small part of all. Python compiles another when it is first imported."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """One set: its folder, its parts in the order they are installed, and what a first run downloads."""

    folder: str
    parts: tuple[str, ...]
    megabytes: int  # measured on Linux with Python 3.11; printed as "about"
    compiled: tuple[str, ...] = ()  # the packages that are compiled at once; none: all
    root: Path = ROOT

    @property
    def venv(self) -> Path:
        return self.root / self.folder

    def lock_file(self, part: str) -> Path:
        return self.root / "requirements" / f"{part}.lock"

    def packages(self, part: str) -> int:
        """How many packages a part installs on this kind of system (Linux or macOS)."""
        if part == CHECKOUT:
            return 1
        pins = re.findall(r"^([\w.-]+)==(.*)$", self.lock_file(part).read_text(encoding="utf-8"), re.MULTILINE)
        return len({name for name, pin in pins if " or " in pin or not FOREIGN.search(pin)})

    def digests(self) -> dict[str, str]:
        """What each part should be, as a hash: a part is installed again only when its hash changes."""
        return {part: hashlib.sha256(self.definition(part)).hexdigest() for part in self.parts}

    def definition(self, part: str) -> bytes:
        """The text that decides what a part installs; a lint setting in pyproject.toml does not."""
        if part != CHECKOUT:
            return self.lock_file(part).read_bytes()
        pyproject = tomllib.loads((self.root / "pyproject.toml").read_text(encoding="utf-8"))
        decisive = [pyproject["build-system"], pyproject["project"], pyproject["tool"]["hatch"]]
        return json.dumps(decisive, sort_keys=True).encode()


SETS = {
    "desk": Wanted(folder=".venv", parts=("build", "desk", CHECKOUT), megabytes=95, compiled=READ_BY_A_DAY),
    "gate": Wanted(folder=".venv", parts=("build", "desk", CHECKOUT, "gate"), megabytes=140, compiled=READ_BY_A_DAY),
    "sam": Wanted(folder=".venv-sam", parts=("build", "sam"), megabytes=65, compiled=("samcli", "samtranslator")),
    "emulator": Wanted(folder=".venv-emulator", parts=("build", "emulator"), megabytes=25),
}
