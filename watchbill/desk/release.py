"""Which content of the product a company of the desk was deployed with last: another one is a deploy of its owner's."""

from pathlib import Path

from watchbill.cloud.template.build import Deployment
from watchbill.home import companies_folder


def note_release(home: Path, company: str, deployment: Deployment, product: str) -> bool:
    """Keeps the content that is deployed now; False when it was another before."""
    path = companies_folder(home) / company / "release"
    now, before = deployment.layer_digest(product), path.read_text() if path.exists() else None
    path.write_text(now)
    return before in (None, now)
