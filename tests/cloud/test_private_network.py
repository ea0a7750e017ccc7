"""The private network and its database, as moto's CloudFormation makes them: what is there, and who reaches what."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cloud.companies import translations
from watchbill.cloud.aws import LocalAws, desk_cloud
from watchbill.cloud.template.intrinsics import Resolver
from watchbill.cloud.template.translation import Stack, read_stack, resolve_parameters

TEMPLATE = Path(__file__).resolve().parents[2] / "infra" / "template.yaml"
KINDS = ("AWS::EC2::", "AWS::RDS::")
DEFAULT = "default.postgres17"
AS_THE_API_SAYS = {"VPCSecurityGroups": "VpcSecurityGroupIds"}
"""Names of an instance's properties that its API has otherwise."""


def _as_written(stack: Stack) -> dict[str, Any]:
    """The network and what the database needs, with the template's own parameters and conditions.

    Without the instance: moto's CloudFormation fails on one that refers to a parameter group.
    """
    resources = {
        name: {"Type": one.type, "Properties": one.properties, "Condition": one.condition}
        for name, one in stack.resources.items()
        if one.type.startswith(KINDS) and name != "Brain"
    }
    return {"Parameters": dict(stack.parameters), "Conditions": stack.conditions, "Resources": resources}


@pytest.fixture(scope="module")
def made() -> Iterator["Made"]:
    with desk_cloud() as cloud:
        stack = read_stack(TEMPLATE, translations())
        document = _as_written(stack)
        cloud.client("cloudformation").create_stack(StackName="private", TemplateBody=json.dumps(document))
        made = Made(cloud, document)
        made.create_instance(stack)
        yield made


class Made:
    """What the stack made, by its own names."""

    def __init__(self, cloud: LocalAws, document: dict[str, Any]) -> None:
        self.document = document
        self.ec2, self.rds = cloud.client("ec2"), cloud.client("rds")
        cloudformation = cloud.client("cloudformation")
        found = cloudformation.describe_stack_resources(StackName="private")["StackResources"]
        self.ids = {one["LogicalResourceId"]: str(one.get("PhysicalResourceId")) for one in found}
        [subnets] = self.rds.describe_db_subnet_groups()["DBSubnetGroups"]
        self.ids["BrainSubnets"] = subnets["DBSubnetGroupName"]
        groups = self.rds.describe_db_parameter_groups()["DBParameterGroups"]
        [self.ids["BrainSettings"]] = [one for group in groups if (one := group["DBParameterGroupName"]) != DEFAULT]

    def create_instance(self, stack: Stack) -> None:
        """By RDS's API, with the properties of the template as they resolve: it refuses what it does not know."""
        resolver = Resolver({**resolve_parameters(stack, {}), **self.ids}, {}, stack.conditions)
        asked = resolver.resolve(stack.resources["Brain"].properties)
        given = {AS_THE_API_SAYS.get(name, name): value for name, value in asked.items()}
        given["AllocatedStorage"] = int(given["AllocatedStorage"])
        self.brain = self.rds.create_db_instance(**given)["DBInstance"]


def test_every_part_is_made_with_the_templates_defaults(made: Made) -> None:
    assert set(made.document["Resources"]) - set(made.ids) == set()


def test_the_database_is_private_encrypted_and_kept(made: Made) -> None:
    brain = made.brain

    assert (brain["DeletionProtection"], brain["StorageEncrypted"], brain["PubliclyAccessible"]) == (True, True, False)
    assert (brain["BackupRetentionPeriod"], brain["Engine"], brain["DBName"]) == (7, "postgres", "patchfirst")
    assert {one["SubnetIdentifier"] for one in brain["DBSubnetGroup"]["Subnets"]} == {
        made.ids["PrivateSubnetA"],
        made.ids["PrivateSubnetB"],
    }
    assert [one["VpcSecurityGroupId"] for one in brain["VpcSecurityGroups"]] == [made.ids["BrainGroup"]]


def test_the_databases_own_clock_and_tls_are_settings_of_its_group(made: Made) -> None:
    group = made.ids["BrainSettings"]
    [known] = made.rds.describe_db_parameter_groups(DBParameterGroupName=group)["DBParameterGroups"]
    settings = made.rds.describe_db_parameters(DBParameterGroupName=group)["Parameters"]
    values = {one["ParameterName"]: one["ParameterValue"] for one in settings}

    assert known["DBParameterGroupFamily"] == "postgres17"
    assert values["rds.force_ssl"] == "1" and values["cron.database_name"] == "patchfirst"
    assert "pg_cron" in values["shared_preload_libraries"].split(",")


def test_only_the_functions_reach_the_database_and_nobody_reaches_the_functions(made: Made) -> None:
    groups = made.ec2.describe_security_groups(GroupIds=[made.ids["BrainGroup"], made.ids["FunctionsGroup"]])
    by_id = {one["GroupId"]: one["IpPermissions"] for one in groups["SecurityGroups"]}

    [rule] = by_id[made.ids["BrainGroup"]]
    assert (rule["FromPort"], rule["ToPort"], rule["IpRanges"]) == (5432, 5432, [])
    assert [one["GroupId"] for one in rule["UserIdGroupPairs"]] == [made.ids["FunctionsGroup"]]
    assert by_id[made.ids["FunctionsGroup"]] == []


def test_private_subnets_leave_by_the_gateway_in_two_zones_and_reach_the_bucket_without_it(made: Made) -> None:
    [table] = made.ec2.describe_route_tables(RouteTableIds=[made.ids["PrivateRoutes"]])["RouteTables"]
    ways_out = [one["NatGatewayId"] for one in table["Routes"] if one.get("DestinationCidrBlock") == "0.0.0.0/0"]
    private = [made.ids["PrivateSubnetA"], made.ids["PrivateSubnetB"]]
    zones = {one["AvailabilityZone"] for one in made.ec2.describe_subnets(SubnetIds=private)["Subnets"]}

    assert ways_out == [made.ids["NatGateway"]] and len(zones) == 2
    [endpoint] = made.ec2.describe_vpc_endpoints(VpcEndpointIds=[made.ids["BucketEndpoint"]])["VpcEndpoints"]
    assert (endpoint["VpcEndpointType"], endpoint["RouteTableIds"]) == ("Gateway", [made.ids["PrivateRoutes"]])
