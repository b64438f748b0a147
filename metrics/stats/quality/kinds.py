"""What can be found about the quality of counts, and what one finding is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from metrics.stats.rates import Floats

# Each side of an interval of 99.8 %: what chance would do once in 1,000 looks.
ONE_SIDE = 0.001
# A coincidence that one site would show by chance once in 500.
PER_SITE = 0.002
YEAR = 12
LONG = 24  # months, where a year of one site holds too few deaths or digits to tell anything
# Of a window of 12 months, so many must have been counted.
LEAST_COUNTED = 6


class Kind(StrEnum):
    """What was found. The key is stable: what people said of a finding is kept under it."""

    BIRTHS_ODD = "births_odd"
    DEATHS_ODD = "deaths_odd"
    STILLBIRTHS_ODD = "stillbirths_odd"
    COPIED_MONTH = "copied_month"
    SAME_BIRTHS = "same_births"
    REPEATED_YEAR = "repeated_year"
    DEATHS_OVER_BIRTHS_YEAR = "deaths_over_births_year"
    DEATHS_OVER_BIRTHS = "deaths_over_births"
    MATERNAL_OVER_BIRTHS = "maternal_over_births"
    ATTENDED_OVER_BIRTHS = "attended_over_births"
    FOURTH_OVER_FIRST = "fourth_over_first"
    POSTNATAL_OVER_BIRTHS = "postnatal_over_births"
    RATE_TOO_HIGH = "rate_too_high"
    NO_DEATHS = "no_deaths"
    STILLBIRTH_RATE_TOO_HIGH = "stillbirth_rate_too_high"
    NO_STILLBIRTHS = "no_stillbirths"
    NO_BIRTHS = "no_births"
    BIRTHS_JUMPED = "births_jumped"
    STILLBIRTHS_FEW = "stillbirths_few"
    STILLBIRTHS_MANY = "stillbirths_many"
    STILLBIRTHS_FOR_DEATHS = "stillbirths_for_deaths"
    HEAPED_DIGITS = "heaped_digits"


class Severity(StrEnum):
    """How much a finding weighs: it may be in order; most likely it is not; it cannot be."""

    LOOK = "look"
    SUSPICIOUS = "suspicious"
    IMPOSSIBLE = "impossible"


SEVERITIES: Mapping[Kind, Severity] = dict.fromkeys(Kind, Severity.SUSPICIOUS) | {
    Kind.DEATHS_OVER_BIRTHS_YEAR: Severity.IMPOSSIBLE,
    Kind.ATTENDED_OVER_BIRTHS: Severity.IMPOSSIBLE,
    Kind.BIRTHS_ODD: Severity.LOOK,
    Kind.DEATHS_ODD: Severity.LOOK,
    Kind.STILLBIRTHS_ODD: Severity.LOOK,
    Kind.DEATHS_OVER_BIRTHS: Severity.LOOK,
    Kind.POSTNATAL_OVER_BIRTHS: Severity.LOOK,
    Kind.NO_BIRTHS: Severity.LOOK,
    Kind.BIRTHS_JUMPED: Severity.LOOK,
}


@dataclass(frozen=True)
class Panel:
    """Counts of sites by month, one after the other without a gap.

    counts : field -> array of sites (rows) by months (columns); nan where nothing was reported,
    or this was not counted
    """

    counts: Mapping[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.counts[name]


@dataclass(frozen=True, slots=True)
class Found:
    """One finding.

    site : row of the panel; months : the columns that it is about, in their order
    is_month : whether it is about a single report, that of the last of its months
    fields : the counts that it is about
    values : what its sentence says: counts, factors, chances
    """

    kind: Kind
    site: int
    months: Sequence[int]
    fields: Sequence[str]
    values: Mapping[str, float] = field(default_factory=dict)
    is_month: bool = False

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.kind]


@dataclass(frozen=True)
class Looks:
    """How often one kind was looked for, so that one can say what chance alone would bring.

    by_site : looks at each site; level : at most so likely by chance in one look, or None where
    a finding is no matter of chance
    """

    kind: Kind
    by_site: NDArray[np.int64]
    level: float | None

    @property
    def severity(self) -> Severity:
        return SEVERITIES[self.kind]


Search = tuple[list[Found], list[Looks]]
