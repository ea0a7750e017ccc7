"""What the desk's cloud imports and reads: in a process of its own, for other tests have imported and read more."""

import json
import subprocess
import sys
from typing import Any

import pytest

ASKED = """
import collections, json, sys
from botocore.loaders import JSONFileLoader
from watchbill.cloud.aws import desk_cloud, read_moto_ahead
read, load = collections.Counter(), JSONFileLoader.load_file
def noted(loader, path):
    found = load(loader, path)
    read[path.rpartition("data/")[2]] += found is not None
    return found
JSONFileLoader.load_file = noted
read_moto_ahead()
with desk_cloud() as cloud:
    cloud.client("ssm").put_parameter(Name="/a", Value="b", Type="SecureString")
    cloud.client("s3").create_bucket(Bucket="bucket")
    cloud.client("sqs").create_queue(QueueName="queue")
    ec2 = [name for name in sys.modules if name.startswith("moto.ec2.")]
    targets = [{"Key": "tag:name", "Values": ["any"]}]
    command = cloud.client("ssm").send_command(DocumentName="AWS-RunShellScript", Targets=targets)["Command"]
    regions = cloud.client("ec2").describe_regions()["Regions"]
    found = {"ec2": ec2, "read": read, "command": command["Status"], "regions": [one["RegionName"] for one in regions]}
    print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def asked() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", ASKED], capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_ec2_is_imported_by_nobody_who_does_not_ask_it(asked: dict[str, Any]) -> None:
    assert asked["ec2"] == []


def test_who_asks_ec2_is_answered(asked: dict[str, Any]) -> None:
    assert asked["command"] == "Success"
    assert {"us-east-1", "eu-central-1"} <= set(asked["regions"])


def test_a_description_is_read_once_by_clients_and_once_by_moto(asked: dict[str, Any]) -> None:
    services = {path: times for path, times in asked["read"].items() if path.endswith("service-2")}

    assert {"ssm", "s3", "sqs"} <= {path.partition("/")[0] for path in services}
    assert max(services.values()) <= 2
    assert asked["read"]["endpoints"] == 1
