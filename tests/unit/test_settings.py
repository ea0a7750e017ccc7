"""The environment is read in one place, and all its faults are named in one error."""

import pytest

from company.errors import SettingsError
from company.settings import Settings

WHOLE = {"ROLE": "ceo", "COMPANY": "tides", "VERTICAL": "tides", "BRAIN_DSN": "postgresql://localhost/tides"}


def test_a_whole_environment_gives_settings_and_a_login() -> None:
    settings = Settings.from_environment({**WHOLE, "HOME": "/root", "BUCKET": ""})

    assert (settings.login, settings.bucket, settings.company_model) == ("tides_ceo", "", "book")


def test_everything_that_is_missing_is_named_in_one_error() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({"COMPANY": "tides", "BRAIN_DSN": ""})

    assert all(name in str(caught.value) for name in ("ROLE", "VERTICAL", "BRAIN_DSN"))
    assert "COMPANY:" not in str(caught.value)


def test_feeds_are_gathered_by_the_name_of_their_source() -> None:
    urls = {"FEED_SPRING_TIDES_URL": "http://localhost/s", "FEED_NEAP_URL": "", "FEED_X": "y"}

    assert Settings.from_environment({**WHOLE, **urls}).feeds == {"spring_tides": "http://localhost/s"}


def test_proxies_are_no_feed_and_are_not_shown() -> None:
    proxies = "http://me:sesame@gate.invalid:8080, https://b.invalid"

    settings = Settings.from_environment({**WHOLE, "FEED_PROXIES": proxies})

    assert settings.feed_proxies == ("http://me:sesame@gate.invalid:8080", "https://b.invalid")
    assert settings.feeds == {} and "sesame" not in repr(settings)


@pytest.mark.parametrize(
    "proxy", ["me:sesame@gate", "socks5://me:sesame@gate", "http://me:sesame/x@gate:1", "http://["]
)
def test_a_wrong_proxy_is_refused_without_its_password(proxy: str) -> None:
    with pytest.raises(SettingsError, match="FEED_PROXIES: .*proxy 2 is not") as caught:
        Settings.from_environment({**WHOLE, "FEED_PROXIES": f"http://gate.invalid,{proxy}"})

    assert "sesame" not in str(caught.value) + str(caught.value.__cause__)


def test_a_setting_is_never_changed_afterwards() -> None:
    settings = Settings.from_environment(WHOLE)

    with pytest.raises(ValueError, match="frozen"):
        settings.role = "owner"  # type: ignore[misc]


def test_one_parameter_holds_what_the_deploy_did_not_ask() -> None:
    written = (
        "COMPANY_MODEL=anthropic;DAILY_USD=3.5; FEED_TIDES_URL=https://a/x?b=c;MAIL_FROM=Watch <w@a.example>;SITE_URL="
    )

    settings = Settings.from_environment({**WHOLE, "SETTINGS": written})

    assert (settings.company_model, settings.daily_usd, settings.site_url) == ("anthropic", 3.5, "")
    assert settings.feeds == {"tides": "https://a/x?b=c"}
    assert settings.mail_from == "Watch <w@a.example>"


def test_without_a_sender_the_owner_is_the_sender() -> None:
    assert Settings.from_environment({**WHOLE, "OWNER_EMAIL": "me@a.example"}).mail_from == "me@a.example"


@pytest.mark.parametrize(
    "written", ["COMPANY_MODLE=book", "BRAIN_DSN=postgresql://elsewhere/x", "ROLE=owner", "feed_x_url=y"]
)
def test_what_no_setting_is_called_is_named(written: str) -> None:
    with pytest.raises(SettingsError, match=f"no setting {written.partition('=')[0]}"):
        Settings.from_environment({**WHOLE, "SETTINGS": written})


def test_a_setting_that_stands_twice_is_refused() -> None:
    """CloudFormation would allow what the first one needs, and the functions would do what the last one says."""
    with pytest.raises(SettingsError, match="COMPANY_MODEL stands there more than once"):
        Settings.from_environment({**WHOLE, "SETTINGS": "COMPANY_MODEL=book;DAILY_USD=2.00;COMPANY_MODEL=bedrock"})
