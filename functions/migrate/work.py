"""For a deploy: applies sql/, publishes the staff, and reports the result to CloudFormation."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path

import urllib3
from psycopg.conninfo import make_conninfo

from company.aws.clients import (
    Cloud,
    console_key_parameter,
    fetch_password,
    handle_key_parameter,
    login_parameter,
    login_token,
)
from company.brain.migrations import Migrated, migrate
from company.errors import CompanyError, SettingsError
from company.json_values import JsonObject
from company.log import make_log
from company.owner.brief_hour import at_owners_hour, require_zone
from company.records import Record, read_staff
from company.settings import Settings
from company.vertical import load
from migrate.founding import accepted_dsn, found, let_in_by_token
from migrate.kept_secrets import KeptSecrets

FUNCTIONS = Path(__file__).resolve().parent.parent
TRIES = 4
"""Of the answer to CloudFormation; 2 and 4 s before the last two."""
MOST_OF_A_REASON = 1000
"""Bytes: of an answer with more than 4096 CloudFormation says that it is too long, and not why."""


def answer(event: object, context: object) -> JsonObject:
    """Answers one custom resource request; raises as well when it failed, so that the log and the metric show it."""
    if not isinstance(event, dict):
        raise TypeError("migrate is invoked with a custom resource request: an object with RequestType")
    try:
        done = {} if event.get("RequestType") == "Delete" else _migrate(Settings.from_environment(os.environ), Cloud())
    except Exception as error:
        reason = str(error).encode(errors="replace")[:MOST_OF_A_REASON].decode(errors="ignore")
        _report_to_cloudformation(event, context, "FAILED", reason, {})
        raise
    done = {**done, "Answers": digest_of_answers(event)}
    _report_to_cloudformation(event, context, "SUCCESS", "", done)
    return done


def digest_of_answers(event: JsonObject) -> str:
    """What the owner answered at this deploy, as a description of versions; another answer makes it another.

    A version of a function is published anew when its description changes. Its properties name the parameters, and
    no values: without this an alias would go on firing with the answers of before.
    """
    asked = str(event.get("ResourceProperties", {}).get("Asked", ""))
    return f"answers {hashlib.sha256(asked.encode()).hexdigest()[:16]}"


def _migrate(settings: Settings, cloud: Cloud) -> JsonObject:
    staff = _staff(settings)
    logins = [login_parameter(settings.company, role) for role in (*staff, "owner")]
    kept = KeptSecrets(cloud, [*logins, *_keys(settings)])
    if settings.founder_secret:
        done = _on_own_instance(settings, cloud, staff, kept)
    else:
        done = _apply(settings, _given_dsn(settings, cloud), staff, kept)
    for key in _keys(settings):
        kept.get_or_make(key)
    make_log("migrate").info("migrated", **asdict(done))
    return asdict(done)


def _on_own_instance(settings: Settings, cloud: Cloud, staff: dict[str, Record], kept: KeptSecrets) -> Migrated:
    """On an instance that the template made its administrator comes first; and last, where logins prove by token."""
    secret = cloud.client("secretsmanager").get_secret_value(SecretId=settings.founder_secret)
    founder = json.loads(secret["SecretString"])
    password = kept.get_or_make(login_parameter(settings.company, settings.role))
    by_iam = settings.brain_auth == "iam"
    founders_dsn = _proven(settings, cloud, founder["username"], founder["password"])
    found(founders_dsn, login=settings.login, password=password, by_iam=by_iam)
    done = _apply(settings, _proven(settings, cloud, settings.login, password), staff, kept)
    if by_iam:
        logins = [f"{settings.company}_{role}" for role in (*staff, "owner")]
        let_in_by_token(founders_dsn, logins, login=settings.login)
    return done


def _proven(settings: Settings, cloud: Cloud, login: str, password: str) -> str:
    """The brain's address for this login, with its password or a token: the deploy before may have been another way."""
    proofs = (lambda: password, lambda: login_token(cloud, settings.brain_dsn, login))
    return accepted_dsn(make_conninfo(settings.brain_dsn, user=login), proofs)


def _given_dsn(settings: Settings, cloud: Cloud) -> str:
    """On a Postgres of the owner's, and on the desk."""
    if settings.brain_auth == "iam" and not settings.brain_password:
        raise SettingsError("BRAIN_AUTH=iam is for the instance that the stack makes (BrainDsn rds); leave it out here")
    password = settings.brain_password or fetch_password(cloud, settings)
    return make_conninfo(settings.brain_dsn, user=settings.login, password=password)


def _apply(settings: Settings, dsn: str, staff: dict[str, Record], kept: KeptSecrets) -> Migrated:
    return migrate(
        dsn,
        sql_dir=settings.sql_dir,
        company=settings.company,
        vertical=settings.vertical,
        staff=staff,
        product_text=load(settings.vertical).product,
        password_of=lambda role: kept.get_or_make(login_parameter(settings.company, role)),
        owner_timezone=require_zone(settings.owner_timezone),
        daily_usd=settings.daily_usd,
    )


def _keys(settings: Settings) -> list[str]:
    """The parameters of what is no login's password."""
    return [console_key_parameter(settings.company), handle_key_parameter(settings.company)]


def _staff(settings: Settings) -> dict[str, Record]:
    """The deployed records, with the hour that the owner chose for the brief."""
    staff = read_staff(FUNCTIONS, settings.vertical)
    return {role: at_owners_hour(record, settings.brief_at) for role, record in staff.items()}


def _report_to_cloudformation(event: JsonObject, context: object, status: str, reason: str, data: JsonObject) -> None:
    """Answers at the address that CloudFormation gave; without one (by hand, on the desk) it sends nothing.

    Asked again when the connection or S3 fails: a deploy whose answer is lost waits for it for an hour.
    """
    url = event.get("ResponseURL")
    if not url:
        return
    body = {
        "Status": status,
        "Reason": reason or f"see log stream {getattr(context, 'log_stream_name', '')}",
        "PhysicalResourceId": event.get("PhysicalResourceId") or "brain",
        "StackId": event.get("StackId"),
        "RequestId": event.get("RequestId"),
        "LogicalResourceId": event.get("LogicalResourceId"),
        "Data": data,
    }
    again = urllib3.Retry(TRIES - 1, backoff_factor=1, status_forcelist=(500, 502, 503, 504))
    with urllib3.PoolManager(timeout=20, retries=again) as pool:
        sent = pool.request("PUT", url, body=json.dumps(body).encode(), headers={"Content-Type": ""})
    if sent.status >= 400:
        raise CompanyError(f"CloudFormation's address for answers said {sent.status}: {sent.data[:200]!r}")
