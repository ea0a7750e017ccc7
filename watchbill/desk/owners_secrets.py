"""What an owner puts into SSM before a first deploy, put there for the desk's company."""

from collections.abc import Mapping

from company.aws.clients import feed_key_parameter, fetch_settings, login_parameter
from company.vertical import Vertical
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.feeds import KEY


def store_password(cloud: LocalAws, company: str, password: str) -> None:
    """Migrate's own password is the one password that migrate cannot make."""
    _put(cloud, login_parameter(company, "migrate"), password)


def store_feed_keys(cloud: LocalAws, company: str, product: Vertical) -> None:
    """For each source that takes a key, the one that the desk's server of feeds takes."""
    for source in product.sources:
        if source.takes_key:
            _put(cloud, feed_key_parameter(company, source.name), KEY)


def kept_settings(cloud: LocalAws, company: str, environment: Mapping[str, str]) -> dict[str, str]:
    """What SSM holds of the settings that a function's environment names in SECRET_SETTINGS, as variables."""
    kept = fetch_settings(cloud, company, environment.get("SECRET_SETTINGS", "").split())
    return {name.upper(): value for name, value in kept.items()}


def _put(cloud: LocalAws, name: str, value: str) -> None:
    cloud.client("ssm").put_parameter(Name=name, Value=value, Type="SecureString", Overwrite=True)
