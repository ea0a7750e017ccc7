"""One small function per resource type for the loader; each creates one resource through the public API.

A creator removes every property that it knows from the dictionary; the loader refuses what is left, so that no
property of the template is ignored.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from functools import cache

from company.watch.expressions import Expression
from watchbill.cloud.desk_addresses import DESK_API_PORT, DESK_PORT, desk_address
from watchbill.cloud.template.mail_resources import create_configuration_set, create_event_destination
from watchbill.cloud.template.stack_target import CreatedResource, Properties, StackTarget, taken

Creator = Callable[[StackTarget, str, Properties], CreatedResource]


def _role(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    iam, name = target.cloud.client("iam"), properties.pop("RoleName", target.name_for(logical_id))
    trust = json.dumps(properties.pop("AssumeRolePolicyDocument"))
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=properties.pop("Tags", []))["Role"]
    for policy in properties.pop("Policies", []):
        # SAM writes policies without a version, which AWS takes and moto does not.
        document = json.dumps({"Version": "2012-10-17", **policy["PolicyDocument"]})
        iam.put_role_policy(RoleName=name, PolicyName=policy["PolicyName"], PolicyDocument=document)
    for arn in properties.pop("ManagedPolicyArns", []):
        # AWS's own policies exist on AWS only; an emulator that checks no rights does not need them.
        if ":iam::aws:" not in arn:
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
    return CreatedResource(name, {"Arn": role["Arn"], "RoleId": role["RoleId"]})


def _managed_policy(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    name = properties.pop("ManagedPolicyName", target.name_for(logical_id))
    document = json.dumps(properties.pop("PolicyDocument"))
    policy = target.cloud.client("iam").create_policy(PolicyName=name, PolicyDocument=document)["Policy"]
    return CreatedResource(policy["Arn"], {"PolicyArn": policy["Arn"]})


def _log_group(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    logs, name = target.cloud.client("logs"), properties.pop("LogGroupName", target.name_for(logical_id))
    logs.create_log_group(logGroupName=name)
    if days := properties.pop("RetentionInDays", None):
        logs.put_retention_policy(logGroupName=name, retentionInDays=days)
    arn = f"arn:aws:logs:{target.cloud.region}:{target.cloud.account}:log-group:{name}:*"
    return CreatedResource(name, {"Arn": arn})


def _layer(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    name, _ = properties.pop("LayerName", target.name_for(logical_id)), properties.pop("Content")
    layer = target.cloud.client("lambda").publish_layer_version(
        LayerName=name,
        Content={"ZipFile": _placeholder()},
        **taken(properties, "CompatibleRuntimes", "Description"),
    )
    return CreatedResource(layer["LayerVersionArn"])


def _function(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    """With a placeholder as code: the desk runs the built artefact from disk."""
    properties.pop("Code")
    tags = {tag["Key"]: tag["Value"] for tag in properties.pop("Tags", [])}
    name = properties.pop("FunctionName", target.name_for(logical_id))
    wanted = dict(properties)
    properties.clear()
    wanted["Environment"] = {"Variables": {k: str(v) for k, v in wanted["Environment"]["Variables"].items()}}
    made = target.cloud.client("lambda").create_function(
        FunctionName=name, Code={"ZipFile": _placeholder()}, Tags=tags, **wanted
    )
    return CreatedResource(name, {"Arn": made["FunctionArn"]})


def _version(target: StackTarget, _logical_id: str, properties: Properties) -> CreatedResource:
    """A version is the function as it is now; what a later deploy changes is another one."""
    made = target.cloud.client("lambda").publish_version(**taken(properties, "FunctionName", "Description"))
    return CreatedResource(made["FunctionArn"], {"Version": made["Version"]})


def _alias(target: StackTarget, _logical_id: str, properties: Properties) -> CreatedResource:
    made = target.cloud.client("lambda").create_alias(**taken(properties, "FunctionName", "Name", "FunctionVersion"))
    return CreatedResource(made["AliasArn"])


def _function_url(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    """The desk serves it on loopback (`watchbill console`, `watchbill api`), so the emulator's is not its address."""
    name = properties.pop("TargetFunctionArn")
    wanted = taken(properties, "AuthType", "Cors", "InvokeMode", "Qualifier")
    port = DESK_API_PORT if logical_id.startswith("Lookup") else DESK_PORT
    made = target.cloud.client("lambda").create_function_url_config(FunctionName=name, **wanted)
    return CreatedResource(made["FunctionArn"], {"FunctionArn": made["FunctionArn"], "FunctionUrl": desk_address(port)})


def _permission(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    wanted = taken(
        properties,
        "Action",
        "FunctionName",
        "FunctionUrlAuthType",
        "InvokedViaFunctionUrl",
        "Principal",
        "SourceAccount",
        "SourceArn",
    )
    target.cloud.client("lambda").add_permission(StatementId=logical_id, **wanted)
    return CreatedResource(logical_id)


def _event_invoke_config(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    target.cloud.client("lambda").put_function_event_invoke_config(
        **taken(
            properties,
            "FunctionName",
            "Qualifier",
            "DestinationConfig",
            "MaximumRetryAttempts",
            "MaximumEventAgeInSeconds",
        )
    )
    return CreatedResource(logical_id)


def _schedule_group(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    name = properties.pop("Name", target.name_for(logical_id))
    arn = target.cloud.client("scheduler").create_schedule_group(Name=name)["ScheduleGroupArn"]
    return CreatedResource(name, {"Arn": arn})


def _schedule(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    """Emulators accept any text as an expression and AWS does not, so it is parsed here first."""
    Expression.parse(
        properties["ScheduleExpression"],
        properties.get("ScheduleExpressionTimezone", "UTC"),
        properties.get("StartDate"),
        properties.get("EndDate"),
    )
    name = properties.pop("Name", target.name_for(logical_id))
    wanted = dict(properties)
    properties.clear()
    arn = target.cloud.client("scheduler").create_schedule(Name=name, **wanted)["ScheduleArn"]
    return CreatedResource(name, {"Arn": arn})


def _queue(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    """Without its wait: moto has all messages in one place, and a wait is a real second of a simulated day."""
    properties.pop("ReceiveMessageWaitTimeSeconds", None)
    sqs, name = target.cloud.client("sqs"), properties.pop("QueueName", target.name_for(logical_id))
    tags = {tag["Key"]: tag["Value"] for tag in properties.pop("Tags", [])}
    attributes = {
        key: str(value).lower() if isinstance(value, bool) else str(value) for key, value in properties.items()
    }
    properties.clear()
    url = sqs.create_queue(QueueName=name, Attributes=attributes, tags=tags)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    return CreatedResource(url, {"Arn": arn, "QueueName": name, "QueueUrl": url})


def _bucket(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    s3 = target.cloud.client("s3")
    name = properties.pop("BucketName", target.name_for(logical_id).lower().replace("_", "-"))
    s3.create_bucket(Bucket=name)
    if versioning := properties.pop("VersioningConfiguration", None):
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
    if encryption := properties.pop("BucketEncryption", None):
        rules = [
            {"ApplyServerSideEncryptionByDefault": rule["ServerSideEncryptionByDefault"]}
            for rule in encryption["ServerSideEncryptionConfiguration"]
        ]
        s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    if block := properties.pop("PublicAccessBlockConfiguration", None):
        s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    if rules := properties.pop("LifecycleConfiguration", {}).get("Rules"):
        s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": [*map(_lifecycle, rules)]})
    return CreatedResource(name, {"Arn": f"arn:aws:s3:::{name}"})


def _lifecycle(rule: Properties) -> Properties:
    """As S3's own API writes a rule: with a filter, and its id in capitals."""
    return {"ID": rule["Id"], "Filter": {"Prefix": ""}, **{key: value for key, value in rule.items() if key != "Id"}}


def _bucket_policy(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    """Read, and not put: it denies what comes without TLS, and moto denies by a statement whatever its condition."""
    properties.pop("PolicyDocument"), properties.pop("Bucket")
    return CreatedResource(target.name_for(logical_id))


def _topic(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    sns, name = target.cloud.client("sns"), properties.pop("TopicName", target.name_for(logical_id))
    arn = sns.create_topic(Name=name)["TopicArn"]
    for wanted in properties.pop("Subscription", []):
        sns.subscribe(TopicArn=arn, Protocol=wanted["Protocol"], Endpoint=wanted["Endpoint"])
    return CreatedResource(arn, {"TopicName": name, "TopicArn": arn})


def _topic_policy(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    document = json.dumps(properties.pop("PolicyDocument"))
    for arn in properties.pop("Topics"):
        target.cloud.client("sns").set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=document)
    return CreatedResource(target.name_for(logical_id))


def _queue_policy(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    document = json.dumps(properties.pop("PolicyDocument"))
    for url in properties.pop("Queues"):
        target.cloud.client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"Policy": document})
    return CreatedResource(target.name_for(logical_id))


def _alarm(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    name = properties.pop("AlarmName", target.name_for(logical_id))
    wanted = dict(properties)
    properties.clear()
    target.cloud.client("cloudwatch").put_metric_alarm(AlarmName=name, **wanted)
    arn = f"arn:aws:cloudwatch:{target.cloud.region}:{target.cloud.account}:alarm:{name}"
    return CreatedResource(name, {"Arn": arn})


CREATORS: dict[str, Creator] = {
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::IAM::ManagedPolicy": _managed_policy,
    "AWS::IAM::Role": _role,
    "AWS::Lambda::Alias": _alias,
    "AWS::Lambda::EventInvokeConfig": _event_invoke_config,
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::LayerVersion": _layer,
    "AWS::Lambda::Permission": _permission,
    "AWS::Lambda::Url": _function_url,
    "AWS::Lambda::Version": _version,
    "AWS::Logs::LogGroup": _log_group,
    "AWS::S3::Bucket": _bucket,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::SES::ConfigurationSet": create_configuration_set,
    "AWS::SES::ConfigurationSetEventDestination": create_event_destination,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::TopicPolicy": _topic_policy,
    "AWS::SQS::Queue": _queue,
    "AWS::SQS::QueuePolicy": _queue_policy,
    "AWS::Scheduler::Schedule": _schedule,
    "AWS::Scheduler::ScheduleGroup": _schedule_group,
}


@cache
def _placeholder() -> bytes:
    """The smallest archive that Lambda's API accepts as code."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as content:
        content.writestr("placeholder.txt", "the desk runs the built artefact from disk\n")
    return archive.getvalue()
