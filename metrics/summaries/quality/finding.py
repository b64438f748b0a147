"""A finding as people meet it: where, what, how grave, and what was said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.models import FindingReview
from metrics.stats.quality import Kind, Severity
from metrics.summaries.quality.wording import LABELS
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


@dataclass(frozen=True)
class Finding:
    """What was found about the counts of one site.

    month : of the one report that it is about; None where it is about many months
    months : the first and the last that it is about
    fingerprint : of its counts; what was said of it holds while these stand
    review : what somebody said of it; None while it is open
    """

    kind: Kind
    severity: Severity
    site: Site
    month: date | None
    months: Period
    sentence: str
    fields: Sequence[str]
    fingerprint: str
    review: FindingReview | None = None

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
