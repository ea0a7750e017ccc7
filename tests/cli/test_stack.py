"""`--aws`: the same commands over a stack's brain, by the owner's login from SSM; and what is refused there."""

import io
import json
import zipfile
from collections.abc import Iterator

import pytest

from company.aws import Cloud, login_parameter
from tests.cli.conftest import Watchbill
from tests.support.brains import PASSWORD, VERTICAL, TestBrain
from watchbill.cli import stack as stacks
from watchbill.cli.choice import chosen_stack, take_choice
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.errors import UsageError

STACK = "night-watch"
TEMPLATE = json.dumps({"Parameters": {"Company": {"Type": "String"}}, "Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})


@pytest.fixture(autouse=True)
def on_the_desk_again() -> Iterator[None]:
    """What a test chose holds for no other."""
    yield
    take_choice([], {})


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalAws]:
    with desk_cloud() as running:
        yield running


@pytest.fixture
def stack(cloud: LocalAws, brain: TestBrain, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A stack in moto, as far as the commands ask of it, whose brain is the test's."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", cloud.endpoint_url)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "desk")
    monkeypatch.setenv("AWS_DEFAULT_REGION", cloud.region)
    company = brain.company.name
    _found_stack(cloud, brain)
    yield STACK
    cloud.client("cloudformation").delete_stack(StackName=STACK)
    cloud.client("lambda").delete_function(FunctionName=f"{company}-heartbeat")
    cloud.client("ssm").delete_parameter(Name=login_parameter(company, "owner"))


def _found_stack(cloud: LocalAws, brain: TestBrain) -> None:
    company = brain.company.name
    answers = [{"ParameterKey": "Company", "ParameterValue": company}]
    cloud.client("cloudformation").create_stack(StackName=STACK, TemplateBody=TEMPLATE, Parameters=answers)
    role = cloud.client("iam").create_role(RoleName=f"of-{brain.name}", AssumeRolePolicyDocument="{}")
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("x.txt", "")
    variables = {
        "ROLE": "heartbeat", "COMPANY": company, "VERTICAL": VERTICAL, "BRAIN_DSN": brain.dsn,
        "SCHEDULE_GROUP": company, "OWNER_TIMEZONE": "Asia/Kolkata", "SETTINGS": "COMPANY_MODEL=book",
    }  # fmt: skip
    cloud.client("lambda").create_function(
        FunctionName=f"{company}-heartbeat",
        Runtime="python3.13",
        Handler="x.y",
        Role=role["Role"]["Arn"],
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": variables},
    )
    name = login_parameter(company, "owner")
    cloud.client("ssm").put_parameter(Name=name, Value=PASSWORD, Type="SecureString", Overwrite=True)


@pytest.mark.parametrize(
    ("written", "left", "named"),
    [
        (["brief", "--aws"], ["brief"], "watchbill"),
        (["brief", "--aws", "blue"], ["brief"], "blue"),
        (["--aws", "blue", "why", "F-1"], ["why", "F-1"], "blue"),
        (["why", "--aws=blue", "F-1"], ["why", "F-1"], "blue"),
        (["slots", "--aws", "--json"], ["slots", "--json"], "watchbill"),
        (["brief"], ["brief"], None),
    ],
)
def test_the_word_after_it_is_the_stack_unless_it_is_an_option(
    written: list[str], left: list[str], named: str | None
) -> None:
    assert take_choice(written, {}) == left
    assert chosen_stack() == named


def test_the_environments_stack_holds_where_none_is_named() -> None:
    take_choice(["brief"], {"WATCHBILL_STACK": "green"})
    assert chosen_stack() == "green"
    take_choice(["brief", "--aws", "blue"], {"WATCHBILL_STACK": "green"})
    assert chosen_stack() == "blue"
    take_choice(["brief"], {"WATCHBILL_STACK": ""})
    assert chosen_stack() is None


@pytest.mark.parametrize("name", ["", "a b", "-x", "ü", "a/b", "1st"])
def test_what_no_stack_is_called_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="letters, digits and hyphens"):
        take_choice([f"--aws={name}"], {})


def test_what_reads_and_answers_on_the_desk_does_so_on_aws(watchbill: Watchbill, stack: str) -> None:
    for command in (
        ["org"], ["slots"], ["tasks"], ["findings"], ["cost"], ["customers"], ["approvals"], ["decide"], ["audits"],
    ):  # fmt: skip
        done = watchbill(*command, "--json", "--aws", stack)
        assert (done.code, done.err) == (0, ""), command
        json.loads(done.out)

    assert watchbill("customers", "add", "Alder", "--email", "a@alder.example", "--aws", stack).code == 0
    assert "Alder" in watchbill("customers", "--aws", stack).out
    assert "stopped" in watchbill("stop", "--aws", stack).out
    assert watchbill("start", "--aws", stack).code == 0
    assert "closed" in watchbill("approvals", "deliver", "closed", "--aws", stack).out


def test_the_dsn_is_the_stacks_with_the_logins_password(watchbill: Watchbill, brain: TestBrain, stack: str) -> None:
    done = watchbill("dsn", "--aws", stack)

    assert f"user={brain.company.name}_owner" in done.out and PASSWORD in done.out


def test_the_stacks_zone_is_the_owners(watchbill: Watchbill, stack: str) -> None:
    take_choice(["brief", "--aws", stack], {})
    company = stacks.chosen_company()

    assert company is not None and str(company.zone) == "Asia/Kolkata"
    assert "sesame" not in repr(company) and company.as_day().data_kind == ""


def test_a_stack_that_is_not_there_is_named(watchbill: Watchbill, stack: str) -> None:
    done = watchbill("brief", "--aws", "elsewhere")

    assert done.code == 1 and "elsewhere" in done.err and "Traceback" not in done.err


def test_a_login_without_a_password_in_ssm_is_named(watchbill: Watchbill, stack: str) -> None:
    done = watchbill("dsn", "--as", "nobody", "--aws", stack)

    assert done.code == 1 and "_nobody" in done.err


def test_what_only_the_desk_can_do_is_refused_there(watchbill: Watchbill, stack: str) -> None:
    for command in (["day"], ["drill"], ["restore"]):
        done = watchbill(*command, "--aws", stack)
        assert done.code == 2 and "the desk alone" in done.err, command


def test_a_function_that_is_not_there_is_named(stack: str) -> None:
    company = stacks.find_company(stack, Cloud())
    with pytest.raises(Exception, match="has no function"):
        company.invoke("stranger")
