"""Findings in their order and numbers, and reports laid out, beside the same done slowly."""

from collections import Counter
from datetime import date

import numpy as np
import pytest

from metrics.findings import review_finding
from metrics.models import MonthlyReport
from metrics.stats.quality import Severity
from metrics.summaries.quality import State, lay_out
from metrics.summaries.quality.examining import examine_program
from metrics.summaries.quality.program import summarise_quality
from metrics.summaries.reporting import summarise_arrivals, summarise_reporting
from programs.models import Participation
from programs.periods import Period
from tests.factories import MembershipFactory, MonthlyReportFactory, ParticipationFactory

TODAY = date(2025, 7, 15)
MONTHS = Period.parse("2024-01..2025-06")
GRAVE = [Severity.IMPOSSIBLE, Severity.SUSPICIOUS, Severity.LOOK]


@pytest.fixture
def manager():
    """Of seven sites, drawn so that much is odd, of which some has been explained; one of them
    is for comparison, and its reports came late."""
    rng = np.random.default_rng(11)
    membership = MembershipFactory(role="manager", program__slug="hb")
    for number in range(7):
        part = ParticipationFactory(
            program=membership.program,
            site__code=f"S-{number}",
            site__name=f"Clinic {9 - number // 2}",
        )
        MonthlyReport.objects.bulk_create(
            MonthlyReportFactory.build(
                site=part.site,
                month=month,
                live_births=rng.poisson(60) * rng.choice([1, 1, 1, 9]),
                infant_deaths=rng.poisson(2) * rng.choice([1, 1, 1, 40]),
                stillbirths=rng.poisson(20 if number == 6 else 1),
                skilled_attendant_births=rng.poisson(60),
            )
            for month in MONTHS
            if rng.random() < 0.9
        )
    Participation.objects.filter(site__code="S-3").update(role="comparison")
    for own in [*examine_program(membership, today=TODAY).findings][::3]:
        said = {"decision": rng.choice(["explained", "dismissed"]), "reason": "Known."}
        review_finding(program=membership.program, finding=own, by=membership.user, **said)
    return membership


def order_of(own):
    last = own.months.last
    grave = GRAVE.index(own.severity)
    return grave, -last.year, -last.month, own.site.name, own.site.code, own.kind


@pytest.mark.django_db
def test_findings_stand_the_gravest_first_then_the_latest(manager):
    findings = [*examine_program(manager, today=TODAY).findings]
    assert len(findings) > 50
    assert {own.severity for own in findings} == {*GRAVE}
    assert [order_of(own) for own in findings] == sorted(order_of(own) for own in findings)


@pytest.mark.django_db
@pytest.mark.parametrize("state", [None, *State])
@pytest.mark.parametrize(("kind", "site"), [("", ""), ("deaths_odd", ""), ("", "S-2"), ("x", "x")])
def test_findings_chosen_are_those_that_one_would_pick(manager, state, kind, site):
    findings = examine_program(manager, today=TODAY).findings
    picked = [
        own.anchor
        for own in findings
        if state in (None, own.state) and kind in ("", own.kind) and site in ("", own.site.code)
    ]
    assert [own.anchor for own in findings.choose(state, kind, site)] == picked


@pytest.mark.django_db
def test_numbers_by_kind_are_those_of_the_findings_one_by_one(manager):
    summary = summarise_quality(manager, today=TODAY)
    states = Counter((own.kind, own.state) for own in summary.findings)
    for line in summary.kinds:
        found = [states[line.kind, state] for state in State]
        assert [line.open, line.explained, line.dismissed] == found
    assert summary.reviewed == sum(not own.is_open for own in summary.findings) > 9
    opened = Counter(own.severity for own in summary.findings if own.is_open)
    assert summary.open_by_severity == [(own, opened[own]) for own in GRAVE]


@pytest.mark.django_db
def test_numbers_of_each_site_are_those_of_its_findings_one_by_one(manager):
    summary = summarise_quality(manager, today=TODAY)
    assert len(summary.sites) == 7
    for line in summary.sites:
        own = [each for each in summary.findings if each.site == line.site]
        opened = Counter(each.severity for each in own if each.is_open)
        assert line.by_severity == {each: opened[each] for each in GRAVE}
        assert (line.open, line.reviewed) == (opened.total(), len(own) - opened.total())


@pytest.mark.django_db
def test_arrivals_of_a_period_are_those_of_the_page_about_reporting(manager):
    period = Period.parse("2024-03..2025-02")
    found = summarise_arrivals(manager, period)
    whole = summarise_reporting(manager, period, today=TODAY)
    assert found.together == whole.together
    assert [(own.site, own.is_comparison, own.arrivals) for own in found.sites] == [
        (own.site, own.is_comparison, own.arrivals) for own in whole.sites
    ]


def test_reports_are_laid_out_by_site_and_month_and_nothing_is_not_zero():
    rows = [(9, "2024-11-01", 4, None), (3, "2025-01-01", 0, 7), (9, "2025-02-01", 5, 0)]
    layout = lay_out(iter(rows), ("live_births", "stillbirths"), date(2025, 4, 1))
    assert (layout.sites, layout.months) == ([3, 9], [*Period.parse("2024-11..2025-04")])
    births, still = (layout.panel[name].tolist() for name in ("live_births", "stillbirths"))
    gone = None
    assert [[gone if np.isnan(own) else own for own in site] for site in [*births, *still]] == [
        [gone, gone, 0, gone, gone, gone],
        [4, gone, gone, 5, gone, gone],
        [gone, gone, 7, gone, gone, gone],
        [gone, gone, gone, 0, gone, gone],
    ]
    assert layout.reported == Period.parse("2024-11..2025-02")


def test_months_may_be_dates_and_nothing_is_no_layout():
    layout = lay_out([(3, date(2025, 1, 1), 8)], ["live_births"], date(2024, 1, 1))
    assert (layout.months, layout.panel["live_births"].tolist()) == ([date(2025, 1, 1)], [[8.0]])
    assert lay_out([], ["live_births"], date(2024, 1, 1)) is None
