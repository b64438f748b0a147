"""Every kind of file that one can take. A new one is one more line here."""

from metrics.exports.breakdowns import BREAKDOWNS
from metrics.exports.datasets import Dataset, is_withheld_from
from metrics.exports.findings import FINDINGS
from metrics.exports.history import HISTORY
from metrics.exports.released import RELEASED
from metrics.exports.site_months import SITE_MONTHS
from metrics.exports.summary import SUMMARY
from metrics.exports.templates import BLANK, MISSING
from programs.models import Membership

DATASETS = {
    own.kind: own for own in (SUMMARY, SITE_MONTHS, BREAKDOWNS, FINDINGS, HISTORY, MISSING, BLANK)
}


def list_datasets(membership: Membership) -> list[Dataset]:
    """The kinds of file that this member may take."""
    offered = [own for own in DATASETS.values() if own.may_be_taken_by(membership)]
    return [RELEASED, *offered] if is_withheld_from(membership) else offered


def find_dataset(kind: str, membership: Membership) -> Dataset | None:
    """One of them by its name in an address; None where there is none for this member."""
    return next((own for own in list_datasets(membership) if own.kind == kind), None)
