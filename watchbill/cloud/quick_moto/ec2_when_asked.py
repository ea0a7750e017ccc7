"""moto's EC2 is imported when somebody asks for it: of the desk's services SSM names it, for commands to instances.

Its import looks for EC2's regions three times, each time in botocore's largest description, and reads a list of all
kinds of instances: more than half of what the desk imports of moto, and nobody asks.
"""

import sys
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import Any

PACKAGE, MODELS, BACKENDS = "moto.ec2", "moto.ec2.models", "ec2_backends"
NAMES_IT = "moto.ssm.models"


class LaterBackends:
    """What SSM has of EC2's backends: its first question imports them."""

    def __getitem__(self, account: str) -> Any:
        return _find(BACKENDS)[account]


def import_ec2_when_asked() -> None:
    """Imports SSM without EC2, of which a package stays that finds its modules as moto's own does.

    Repeatable, and without effect after moto's EC2 was imported.
    """
    spec = find_spec(PACKAGE) if PACKAGE not in sys.modules else None
    if spec is None or spec.submodule_search_locations is None:
        return
    package = ModuleType(PACKAGE)
    package.__spec__, package.__path__ = spec, spec.submodule_search_locations
    named = vars(package)
    named[BACKENDS] = LaterBackends()
    if sys.modules.setdefault(PACKAGE, package) is package:
        import_module(NAMES_IT)
        named.pop(BACKENDS)
        named["__getattr__"] = _find


def _find(name: str) -> Any:
    """What moto's own package has under a name: its backends, and nothing else."""
    if name != BACKENDS:
        raise AttributeError(f"{PACKAGE} has no {name}")
    return vars(import_module(MODELS))[name]
