"""The beat as CloudWatch sees it, and whether the brief is late. Two metrics, company-wide: each costs money."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "Watchbill"


def emit_beat(company: str, *, brief_is_late: bool) -> None:
    """A line of embedded metric format for each on standard output; emitted only after the beat is committed."""
    for name, value in {"Beat": 1, "BriefLate": int(brief_is_late)}.items():
        with single_metric(
            name=name,
            unit=MetricUnit.Count,
            value=value,
            namespace=NAMESPACE,
            default_dimensions={"company": company, "service": "heartbeat"},
        ):
            pass
