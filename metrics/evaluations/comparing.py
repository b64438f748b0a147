"""A frozen verdict beside what is known today: what changed since, and does it matter?"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from metrics.evaluations.contracts import read_contract
from metrics.evaluations.documents import document_of
from metrics.evaluations.gathering import gather_document
from metrics.evaluations.reading import FrozenSummary, read_document
from metrics.models import Evaluation
from metrics.stats.verdicts import Verdict
from metrics.summaries.targets import PERIOD_NAMES
from programs.models import Program
from programs.periods import parse_month

Row = dict[str, Any]


@dataclass(frozen=True)
class RowChange:
    """A site's month that is not what it was. `then` is None where it is new, `now` where gone.

    reason : why it was left out then, or is left out now; empty where it is in both
    """

    site: str
    month: str
    then: Row | None
    now: Row | None
    reason: str = ""

    @property
    def kind(self) -> str:
        if self.then is None:
            return "new"
        return "gone" if self.now is None else "changed"

    @property
    def moves_counts(self) -> bool:
        """Whether a sum changed; approving a report makes a version and changes none."""
        return any(
            (self.then or {}).get(name) != (self.now or {}).get(name)
            for name in ("deaths", "births")
        )


@dataclass(frozen=True)
class Comparison:
    """What changed since a verdict was frozen, under its contract and in its months.

    expected : of each period, the reports expected then and now, where that changed
    """

    changes: Sequence[RowChange]
    expected: dict[str, tuple[int, int]]
    frozen: FrozenSummary
    today: FrozenSummary
    approval_rule_changed: bool

    @property
    def state_changed(self) -> bool:
        return self.then.state != self.now.state

    @property
    def finding_changed(self) -> bool:
        return self.then.finding != self.now.finding

    @property
    def then(self) -> Verdict:
        return self.frozen.verdict

    @property
    def now(self) -> Verdict:
        return self.today.verdict

    @property
    def counts_changed(self) -> int:
        """How many of the rows changed in what they count, not only in their version."""
        return sum(change.moves_counts for change in self.changes)

    def of_sites(self, codes: Collection[str] | None) -> list[RowChange]:
        """The changes at these sites; None for all."""
        return [own for own in self.changes if codes is None or own.site in codes]


def compare_with_today(evaluation: Evaluation, today: date) -> Comparison:
    """Hold a frozen verdict against what is reported by now, in four queries.

    The contract, the rule about approval and the months that count are those of the evaluation,
    so that only the reports, and where reports are expected, can have changed.
    """
    document = document_of(evaluation)
    program = Program.objects.get(targets=evaluation.target_id)
    rule_today = program.approval_required
    program.approval_required = document["approval_required"]
    contract = document["contract"]
    fresh = gather_document(
        read_contract(contract, program),
        through=parse_month(document["through"]),
        as_of=today,
        contract=contract,
    )
    return Comparison(
        changes=find_changes(document, fresh),
        expected=_compare_expected(document, fresh),
        frozen=read_document(document, program),
        today=read_document(fresh, program),
        approval_rule_changed=rule_today != document["approval_required"],
    )


def find_changes(before: dict[str, Any], after: dict[str, Any]) -> list[RowChange]:
    """Name the rows of two documents that are not the same, by site and month."""
    old, new = (_by_key(own["rows"]) for own in (before, after))
    left_out = {**_by_key(before["exclusions"]), **_by_key(after["exclusions"])}
    return [
        RowChange(site, month, then, now, _reason(then, now, left_out.get((site, month))))
        for site, month in sorted({*old, *new})
        if (then := old.get((site, month))) != (now := new.get((site, month)))
    ]


def _by_key(lines):
    return {(line["site"], line["month"]): line for line in lines}


def _reason(then, now, exclusion):
    """Why a row of one document is not in the other; empty where it is in both."""
    return "" if (then and now) or exclusion is None else exclusion["reason"]


def _compare_expected(then, now):
    numbers = {
        name: (then["periods"][name]["expected"], now["periods"][name]["expected"])
        for name in PERIOD_NAMES
    }
    return {name: both for name, both in numbers.items() if both[0] != both[1]}
