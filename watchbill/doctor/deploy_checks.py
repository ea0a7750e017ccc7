"""For `watchbill deploy` and `doctor --aws`: what AWS, SES and the brain must grant before a deploy can end well."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from botocore.exceptions import ClientError, ConnectionError, HTTPClientError, NoCredentialsError, ProfileNotFound
from psycopg.conninfo import make_conninfo

from company.aws.clients import Clients, fetch_secret, login_parameter
from company.aws.mail import sender_of
from company.brain.connection import with_network
from company.owner.brief_hour import require_zone
from company.settings import written_settings
from watchbill.doctor.checks import CheckResult

LEAST_POSTGRES = 16
MAKES_ONE = "rds"
FUNCTIONS_AT_ONCE = 8
"""What fires in the same minute at most; less is queued by Lambda and comes late."""
RESERVE = ("heartbeat", "console")
AT_ONCE_WITH_RESERVED = 107
"""Lambda leaves 100 unreserved; by RESERVED=yes heartbeat has two and console five."""

LOG_IN = "aws configure, or AWS_PROFILE"
REACH_IT = "see that this machine reaches AWS: its network, HTTPS_PROXY, AWS_ENDPOINT_URL, the name of the region"

MAY = """
SELECT rolcreaterole, string_to_array(current_setting('createrole_self_grant', true), ', ') @> '{set,inherit}'
FROM pg_roles WHERE rolname = current_user
"""


@dataclass(frozen=True)
class DeployAnswers:
    """The template's parameters, as they were or will be answered."""

    company: str
    owner_email: str
    brief_at: str
    brain_dsn: str
    network: str
    settings: str

    @property
    def sender(self) -> str:
        """The address that mail comes from."""
        return sender_of(written_settings(self.settings).get("MAIL_FROM", self.owner_email))[1]


@dataclass(frozen=True)
class DeployTarget:
    """Where it goes: AWS as the shell's credentials reach it, the answers, and the stack of a deploy.

    reached: the address of a brain as this machine reaches it, by a tunnel where there is one.
    """

    cloud: Clients
    answers: DeployAnswers
    stack: str = ""
    reached: Callable[[str], str] = str


def run_deploy_checks(target: DeployTarget) -> Iterator[CheckResult]:
    """Every check in turn; one that raises is a failed check, and the others follow."""
    for check, remedy in (*CHECKS, *(OF_A_DEPLOY if target.stack else ())):
        try:
            yield check(target)
        except Exception as error:  # any error of AWS, of the network or of Postgres is a result to read
            said = re.sub(r"\s+", " ", str(error))[:300]
            yield CheckResult(
                check.__name__.removeprefix("_"), False, f"{type(error).__name__}: {said}", _do(error, remedy)
            )


def _do(error: Exception, remedy: str) -> str:
    """A check's own remedy is for an answer of AWS; one that never came has another."""
    if isinstance(error, ConnectionError | HTTPClientError):
        return REACH_IT
    return LOG_IN if isinstance(error, NoCredentialsError | ProfileNotFound) else remedy


def _credentials(target: DeployTarget) -> CheckResult:
    who = target.cloud.client("sts").get_caller_identity()
    return CheckResult("credentials", True, f"account {who['Account']} as {who['Arn'].rpartition('/')[2]}")


def _region(target: DeployTarget) -> CheckResult:
    region = str(target.cloud.client("lambda").meta.region_name)
    return CheckResult("region", True, region)


def _quota(target: DeployTarget) -> CheckResult:
    client, needed = target.cloud.client("lambda"), FUNCTIONS_AT_ONCE
    free = int(client.get_account_settings()["AccountLimit"]["UnreservedConcurrentExecutions"])
    if written_settings(target.answers.settings).get("RESERVED") == "yes":
        needed, free = AT_ONCE_WITH_RESERVED, free + _reserved(client, target.answers.company)
    what = f"{free} functions may run at once"
    return CheckResult("quota", free >= needed, what, f"ask Service Quotas for {needed}, or leave RESERVED out")


def _reserved(client: Any, company: str) -> int:
    """What the stack holds already, which its next deploy does not take again."""
    held = 0
    for role in RESERVE:
        with suppress(client.exceptions.ResourceNotFoundException):
            found = client.get_function_concurrency(FunctionName=f"{company}-{role}")
            held += int(found.get("ReservedConcurrentExecutions", 0))
    return held


def _zone(target: DeployTarget) -> CheckResult:
    zone = require_zone(target.answers.brief_at.partition(" ")[2])
    return CheckResult("zone", True, f"{zone}; the brief is due at {target.answers.brief_at}")


def _sender(target: DeployTarget) -> CheckResult:
    sender, ses = target.answers.sender, target.cloud.client("sesv2")
    for identity in (sender, *_domains(sender.rpartition("@")[2])):
        if _is_verified(ses, identity):
            return CheckResult("sender", True, f"{identity} is verified in SES")
    remedy = f"aws sesv2 create-email-identity --email-identity {sender}, and open the mail that comes"
    return CheckResult("sender", False, f"{sender} is not verified in SES: no brief would leave", remedy)


def _domains(domain: str) -> list[str]:
    """SES sends for every domain below a verified one: 'news.acme.example', 'acme.example'."""
    labels = domain.split(".")
    return [".".join(labels[first:]) for first in range(max(1, len(labels) - 1))]


def _is_verified(ses: Any, identity: str) -> bool:
    try:
        return bool(ses.get_email_identity(EmailIdentity=identity)["VerifiedForSendingStatus"])
    except ses.exceptions.NotFoundException:
        return False


def _sandbox(target: DeployTarget) -> CheckResult:
    """In its sandbox SES mails verified addresses alone: enough for the owner, and not for customers."""
    is_out = bool(target.cloud.client("sesv2").get_account().get("ProductionAccessEnabled"))
    what = "SES mails anybody" if is_out else "SES is in its sandbox: it mails verified addresses alone, no customer"
    return CheckResult("sandbox", True, what)


def _brain(target: DeployTarget) -> CheckResult:
    """As migrate's login, over TLS: the version, and the right to make logins."""
    answers = target.answers
    by_iam = written_settings(answers.settings).get("BRAIN_AUTH") == "iam"
    if answers.brain_dsn == MAKES_ONE:
        return CheckResult("brain", answers.network == "private", "the stack makes it", "Network must be private")
    if by_iam:
        return CheckResult("brain", False, "BRAIN_AUTH=iam is for an instance of the stack's", "leave BRAIN_AUTH out")
    password = fetch_secret(target.cloud, login_parameter(answers.company, "migrate"))
    login = f"{answers.company}_migrate"
    dsn = with_network(
        make_conninfo(target.reached(answers.brain_dsn), user=login, password=password, connect_timeout=10)
    )
    with psycopg.connect(dsn) as connection:
        makes_logins, acts_as_them = connection.execute(MAY).fetchone() or (False, False)
        version, is_tls = connection.info.server_version // 10000, connection.pgconn.ssl_in_use
    if not makes_logins:
        return CheckResult("brain", False, f"{login} may not make logins", f"ALTER ROLE {login} CREATEROLE")
    if not acts_as_them:
        remedy = f"ALTER ROLE {login} SET createrole_self_grant = 'set, inherit', before the first deploy"
        return CheckResult("brain", False, f"{login} may not act as the logins that it makes", remedy)
    what = f"Postgres {version}, {'over TLS' if is_tls else 'without TLS'}, {login} may make logins"
    return CheckResult("brain", version >= LEAST_POSTGRES, what, f"Postgres {LEAST_POSTGRES} or later")


def _stack(target: DeployTarget) -> CheckResult:
    """Another company in a stack replaces everything in it: the functions, and a database that it made."""
    client, stack, company = target.cloud.client("cloudformation"), target.stack, target.answers.company
    try:
        [found] = client.describe_stacks(StackName=stack)["Stacks"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationError":
            raise
        return CheckResult("stack", True, f"{stack} is new")
    given = {one["ParameterKey"]: one["ParameterValue"] for one in found.get("Parameters", [])}
    there = given.get("Company", company)
    if there != company:
        remedy = f"--stack with another name for {company}, or --set Company={there}"
        return CheckResult(
            "stack", False, f"{stack} is {there}'s: {company} would take its place, with nothing kept", remedy
        )
    gives_up = given.get("BrainDsn") == MAKES_ONE != target.answers.brain_dsn
    what = ": BrainDsn leaves the database that it made, of which RDS keeps a last snapshot" if gives_up else ""
    return CheckResult("stack", True, f"{stack} is {there}'s{what}")


CHECKS: tuple[tuple[Callable[[DeployTarget], CheckResult], str], ...] = (
    (_credentials, LOG_IN),
    (_region, "AWS_REGION, or a region in the profile"),
    (_quota, "the right lambda:GetAccountSettings"),
    (_zone, "an IANA name: 6:50 Europe/Berlin"),
    (_sender, "the right ses:GetEmailIdentity"),
    (_sandbox, "the right ses:GetAccount"),
    (_brain, "docs/deploy.md, step 3: address, password in SSM, TLS"),
)
OF_A_DEPLOY = ((_stack, "the right cloudformation:DescribeStacks"),)
