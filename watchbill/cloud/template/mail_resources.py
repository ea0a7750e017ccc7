"""Creates what SES needs in the loader's way: moto has its older API only, other emulators the newer one."""

import re

from watchbill.cloud.aws import LocalAws
from watchbill.cloud.template.stack_target import CreatedResource, Properties, StackTarget, taken


def create_configuration_set(target: StackTarget, logical_id: str, properties: Properties) -> CreatedResource:
    name = properties.pop("Name", target.name_for(logical_id))
    if target.cloud.is_moto:
        target.cloud.client("ses").create_configuration_set(ConfigurationSet={"Name": name})
    else:
        target.cloud.client("sesv2").create_configuration_set(ConfigurationSetName=name)
    return CreatedResource(name)


def create_event_destination(target: StackTarget, _logical_id: str, properties: Properties) -> CreatedResource:
    wanted, of = properties.pop("EventDestination"), properties.pop("ConfigurationSetName")
    create = _destination_in_moto if target.cloud.is_moto else _destination
    name = create(target.cloud, of, wanted)
    properties |= wanted
    return CreatedResource(name)


def _destination(cloud: LocalAws, of: str, wanted: Properties) -> str:
    """SES's newer API, which other emulators have; its event types are written in capitals: DELIVERY_DELAY."""
    name: str = wanted.pop("Name")
    kinds = [re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).upper() for kind in wanted.pop("MatchingEventTypes")]
    topic = {"TopicArn": wanted.pop("SnsDestination")["TopicARN"]}
    destination = {"Enabled": wanted.pop("Enabled"), "MatchingEventTypes": kinds, "SnsDestination": topic}
    cloud.client("sesv2").create_configuration_set_event_destination(
        ConfigurationSetName=of, EventDestinationName=name, EventDestination=destination
    )
    return name


def _destination_in_moto(cloud: LocalAws, of: str, wanted: Properties) -> str:
    """moto has event destinations in SES's older API only, which has no event type deliveryDelay; none is simulated."""
    destination = {"SNSDestination": wanted.pop("SnsDestination"), **taken(wanted, "Name", "Enabled")}
    known = [kind for kind in wanted.pop("MatchingEventTypes") if kind != "deliveryDelay"]
    cloud.client("ses").create_configuration_set_event_destination(
        ConfigurationSetName=of, EventDestination={**destination, "MatchingEventTypes": known}
    )
    return str(destination["Name"])
