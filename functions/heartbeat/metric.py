"""The beat as CloudWatch sees it, and whether the brief is late. Two metrics, company-wide: each costs money."""

from aws_lambda_powertools.metrics import EphemeralMetrics, MetricUnit

NAMESPACE = "Watchbill"


def emit_beat(company: str, *, brief_is_late: bool) -> None:
    """One line of embedded metric format on standard output; emitted only after the beat is committed."""
    metrics = EphemeralMetrics(namespace=NAMESPACE, service="heartbeat")
    metrics.add_dimension("company", company)
    metrics.add_metric("Beat", MetricUnit.Count, 1)
    metrics.add_metric("BriefLate", MetricUnit.Count, int(brief_is_late))
    metrics.flush_metrics()
