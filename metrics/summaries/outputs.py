"""What an intervention put out, kind by kind and month by month."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from programs.models import Intervention, InterventionOutput
from programs.periods import Period

OUTPUT_FIELDS = ("sessions_held", "people_reached", "workers_trained", "visits_made")


@dataclass(frozen=True)
class OutputKind:
    """One kind of output, month by month. None, like a month left out: not recorded; 0: none."""

    label: str
    by_month: Mapping[date, int | None]

    @property
    def recorded(self) -> int:
        """In how many months it was recorded."""
        return sum(value is not None for value in self.by_month.values())

    @property
    def total(self) -> int:
        return sum(value for value in self.by_month.values() if value is not None)


def list_months(
    intervention: Intervention, outputs: Mapping[date, InterventionOutput], through: date
) -> list[date]:
    """From its first month to its last one that is over, and every month with an output."""
    last = min(intervention.last_month or through, through)
    months = set(outputs)
    if intervention.first_month <= last:
        months.update(Period(intervention.first_month, last))
    return sorted(months)


def list_kinds(outputs: Mapping[date, InterventionOutput]) -> list[OutputKind]:
    """The kinds that were recorded at least once."""
    kinds = [
        OutputKind(
            name.replace("_", " ").capitalize(),
            {month: getattr(own, name) for month, own in sorted(outputs.items())},
        )
        for name in OUTPUT_FIELDS
    ]
    return [kind for kind in kinds if kind.recorded]
