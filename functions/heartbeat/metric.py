"""The beat as CloudWatch sees it: one metric, company-wide, because each custom metric costs money every month."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Watchbill"


def emit_beat(company: str) -> None:
    """One line of embedded metric format on standard output; emitted only after the beat is committed."""
    with single_metric(
        name="Beat",
        unit=MetricUnit.Count,
        value=1,
        namespace=NAMESPACE,
        default_dimensions={"company": company, "service": "heartbeat"},
    ):
        pass
