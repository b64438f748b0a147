"""Where the changes of a program are kept: the histories of its rows, as far as one may see."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Model, Q, QuerySet

from metrics.models import Category, Dimension, FindingReview, LockException, MonthlyReport
from metrics.summaries.history.standing import begin_of, end_of
from programs.models import (
    Intervention,
    Membership,
    OperationSpell,
    Participation,
    PlaceChange,
    Program,
    Site,
    Target,
)


class Kind(StrEnum):
    REPORTS = "reports"
    FINDINGS = "findings"
    CONTRACT = "contract"
    PARTICIPATION = "participation"
    PEOPLE = "people"
    SITES = "sites"
    PROGRAM = "program"
    EXCEPTIONS = "exceptions"
    INTERVENTIONS = "interventions"
    BREAKDOWNS = "breakdowns"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    Kind.REPORTS: "Reports",
    Kind.FINDINGS: "Data quality",
    Kind.CONTRACT: "Contract",
    Kind.PARTICIPATION: "Which sites take part",
    Kind.PEOPLE: "People",
    Kind.SITES: "Site life",
    Kind.PROGRAM: "Approval and program",
    Kind.EXCEPTIONS: "Locked months opened",
    Kind.INTERVENTIONS: "Interventions",
    Kind.BREAKDOWNS: "Breakdowns",
}
KIND_OF = {
    MonthlyReport: Kind.REPORTS,
    FindingReview: Kind.FINDINGS,
    Target: Kind.CONTRACT,
    Participation: Kind.PARTICIPATION,
    OperationSpell: Kind.SITES,
    PlaceChange: Kind.SITES,
    Site: Kind.SITES,
    Program: Kind.PROGRAM,
    LockException: Kind.EXCEPTIONS,
    Intervention: Kind.INTERVENTIONS,
    Dimension: Kind.BREAKDOWNS,
    Category: Kind.BREAKDOWNS,
}
OF_A_MONTH = (MonthlyReport, FindingReview, LockException)
OF_A_SITE = (*OF_A_MONTH, Participation, OperationSpell, PlaceChange, Site)


@dataclass(frozen=True)
class Asked:
    """Which changes to show. None: all.

    month : the one whose counts they are about; since, until : the days of the change, included
    """

    kind: Kind | None = None
    site: int | None = None
    person: int | None = None
    month: date | None = None
    since: date | None = None
    until: date | None = None

    def covers(self, model: type[Model]) -> bool:
        """Whether changes of such rows can be among what was asked for."""
        return (
            (self.kind is None or KIND_OF[model] == self.kind)
            and (self.site is None or model in OF_A_SITE)
            and (self.month is None or model in OF_A_MONTH)
        )


def list_sources(membership: Membership) -> dict[type[Model], QuerySet]:
    """The versions that a member may see: of covered sites, and of the program as a whole.

    Breakdowns are shared by programs: those that this one asks for now.
    """
    sites = Site.objects.covered_by(membership).order_by().values("pk")
    parts = Participation.history.filter(program=membership.program_id)
    if not membership.all_sites:
        parts = parts.filter(site__in=sites)
    areas = Site.objects.covered_by(membership).order_by().values("area")
    program = {"program": membership.program_id}
    asked = Dimension.objects.filter(programs=membership.program_id).order_by().values("pk")
    return {
        MonthlyReport: MonthlyReport.history.filter(site__in=sites),
        FindingReview: FindingReview.history.filter(**program, site__in=sites),
        Target: Target.history.filter(**program),
        Participation: parts,
        OperationSpell: OperationSpell.history.filter(site__in=sites),
        PlaceChange: PlaceChange.history.filter(Q(site__in=sites) | Q(area__in=areas)),
        Site: Site.history.filter(id__in=sites),
        Program: Program.history.filter(id=membership.program_id),
        LockException: LockException.history.filter(site__in=sites),
        Intervention: Intervention.history.filter(**program),
        Dimension: Dimension.history.filter(id__in=asked),
        Category: Category.history.filter(dimension__in=asked),
    }


def narrow(versions: QuerySet, model: type[Model], asked: Asked) -> QuerySet:
    """Of these versions those that were asked for."""
    if asked.site is not None:
        versions = versions.filter(**{"id" if model is Site else "site": asked.site})
    if asked.month is not None:
        versions = versions.filter(month=asked.month)
    if asked.person is not None:
        versions = versions.filter(history_user=asked.person)
    if asked.since is not None:
        versions = versions.filter(history_date__gte=begin_of(asked.since))
    if asked.until is not None:
        versions = versions.filter(history_date__lt=end_of(asked.until))
    return versions
