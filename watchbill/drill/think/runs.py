"""The same drill k times, each by another seed and with a model that errs otherwise: what is noticed every time?"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from company.json_values import JsonObject
from company.records import read_staff
from watchbill.days.day import Progress
from watchbill.desk.model_access import ModelAccess
from watchbill.drill.company import OnProgress
from watchbill.drill.options import DrillOptions
from watchbill.drill.registry import FAULTS
from watchbill.drill.run import run_drill
from watchbill.drill.table import DrillReport
from watchbill.drill.think.erring_model import erring_model
from watchbill.home import CHECKOUT

CAP_USD = 1000.0
"""A local model costs nothing; no run may end because of money that nobody spends."""


@dataclass(frozen=True)
class FaultRuns:
    """One fault in all runs. mechanical: no employee has to notice it, so that a model cannot spoil it."""

    name: str
    mechanical: bool
    noticed: int
    runs: int

    @property
    def always(self) -> bool:
        return self.noticed == self.runs


@dataclass(frozen=True)
class Consistency:
    """k runs of one drill."""

    reports: Sequence[DrillReport]
    faults: Sequence[FaultRuns]

    @property
    def pass_k(self) -> float:
        """The share of faults that were noticed in all k runs: pass^k."""
        return _share(self.faults)

    @property
    def mechanical_pass_k(self) -> float:
        """The same of what machines notice. It must be 1."""
        return _share([fault for fault in self.faults if fault.mechanical])

    @property
    def lost(self) -> list[str]:
        return [thing for report in self.reports for thing in report.verdict.lost]

    @property
    def ok(self) -> bool:
        return self.mechanical_pass_k == 1 and not self.lost

    def as_json(self) -> JsonObject:
        """The keys of a drill, and each run under `runs`."""
        return {
            "ok": self.ok,
            "k": len(self.reports),
            "pass_k": round(self.pass_k, 4),
            "mechanical_pass_k": round(self.mechanical_pass_k, 4),
            "faults": [
                {"name": one.name, "mechanical": one.mechanical, "noticed": one.noticed, "runs": one.runs,
                 "ok": one.always} for one in self.faults
            ],
            "false_alarms": [alarm for report in self.reports for alarm in report.verdict.false_alarms],
            "lost": self.lost,
            "runs": [report.as_json() for report in self.reports],
        }  # fmt: skip

    def as_text(self) -> str:
        k, by_machines = len(self.reports), sum(one.mechanical for one in self.faults)
        worst_first = sorted(self.faults, key=lambda one: (one.noticed, one.name))
        return "\n".join([
            *(line for one in worst_first for line in self._lines(one)),
            "",
            f"pass^{k}       {self.pass_k:.2f} of {len(self.faults)} faults were noticed in all {k} runs",
            f"             {self.mechanical_pass_k:.2f} of the {by_machines} that machines notice",
            f"things lost  {len(self.lost)}", *(f"  {thing}" for thing in self.lost),
            f"verdict      {'ok' if self.ok else 'NOT OK'}", "",
        ])  # fmt: skip

    def _lines(self, fault: FaultRuns) -> Iterator[str]:
        """A fault, and below it why it was not noticed in which run."""
        role = "" if fault.mechanical else " (an employee must notice it)"
        yield f"{fault.noticed} of {len(self.reports)}  {fault.name}{role}"
        for number, report in enumerate(self.reports, 1):
            missed = [one for one in report.verdict.faults if one.name == fault.name and not one.is_noticed]
            yield from (f"        run {number}: {one.planted}: {'; '.join(one.problems)}" for one in missed)


def run_with_models(options: DrillOptions, times: int, on_progress: OnProgress) -> Consistency:
    reports = []
    for number in range(times):
        seed = options.seed + number
        on_progress(Progress(f"run {number + 1} of {times}, by seed {seed}"))
        with erring_model(seed) as url:
            model = ModelAccess("none", url, CAP_USD)
            reports.append(run_drill(replace(options, seed=seed, model=model), on_progress))
    return consistency(reports, _employees())


def consistency(reports: Sequence[DrillReport], employees: Sequence[str]) -> Consistency:
    """pairs draw other faults by each seed: a fault counts in the runs that had it."""
    seen: Mapping[str, list[bool]] = {}
    for report in reports:
        for fault in report.verdict.planted:
            seen = {**seen, fault.name: [*seen.get(fault.name, []), fault.is_noticed]}
    by_machines = {name for name, fault in FAULTS.items() if not set(fault.by) & set(employees)}
    return Consistency(
        reports, [FaultRuns(name, name in by_machines, sum(found), len(found)) for name, found in seen.items()]
    )


def _employees() -> list[str]:
    return [role for role, record in read_staff(CHECKOUT / "functions").items() if record.is_employee]


def _share(faults: Sequence[FaultRuns]) -> float:
    return sum(fault.always for fault in faults) / len(faults) if faults else 1.0
