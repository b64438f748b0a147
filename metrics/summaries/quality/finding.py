"""A finding as people meet it: where, what, how grave, and what was said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.models import FindingReview
from metrics.stats.quality import Found, Kind, Severity
from metrics.summaries.quality.panels import SiteMonths
from metrics.summaries.quality.wording import LABELS, say
from programs.models import Site
from programs.periods import Period


class State(StrEnum):
    """Whether somebody has said something of a finding."""

    OPEN = "open"
    EXPLAINED = "explained"
    DISMISSED = "dismissed"

    @property
    def label(self) -> str:
        return str(self).capitalize()


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about the counts of one site. It is put into words where it is shown: of
    100,000 a page shows 50.

    found : by the statistics; layout : in which sites and months
    review : what somebody said of it; None while it is open
    """

    found: Found
    layout: SiteMonths
    site: Site
    review: FindingReview | None = None

    @property
    def kind(self) -> Kind:
        return self.found.kind

    @property
    def severity(self) -> Severity:
        return self.found.severity

    @property
    def fields(self) -> Sequence[str]:
        return self.found.fields

    @property
    def months(self) -> Period:
        """The first and the last that it is about."""
        columns, months = self.found.months, self.layout.months
        return Period(months[columns[0]], months[columns[-1]])

    @property
    def month(self) -> date | None:
        """Of the one report that it is about; None where it is about many months."""
        return self.layout.months[self.found.months[-1]] if self.found.is_month else None

    @property
    def sentence(self) -> str:
        return say(self.found, self.layout.months_of(self.found), self.layout.months)

    @property
    def fingerprint(self) -> str:
        """Of its counts; what was said of it holds while these stand."""
        return self.layout.fingerprint_of(self.found)

    @property
    def label(self) -> str:
        return LABELS[self.kind]

    @property
    def state(self) -> State:
        return State(self.review.decision) if self.review else State.OPEN

    @property
    def is_open(self) -> bool:
        return self.review is None

    @property
    def anchor(self) -> str:
        """Where it stands on its page: unlike any other finding there."""
        return f"finding-{self.site.code}-{self.fingerprint[:12]}"
