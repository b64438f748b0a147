"""The demonstration tells what it promises to tell, on any day, and through the gate."""

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest
from django.db.models import Sum
from django.test import TestCase

from accounts.models import User
from metrics.demo import DEMO_PASSWORD, SIGN_INS, load_demo
from metrics.gate import SiteAtGate, check_breakdown, pass_gate
from metrics.models import COUNT_FIELDS, MonthlyReport, Status
from metrics.stats.verdicts import Finding, State
from metrics.summaries import summarise_portfolio, summarise_program
from programs.models import Intervention, Lever, Measure, Participation, Program, Role, Site
from programs.periods import months_from, shift_month

TODAY = date(2026, 3, 17)
INVENTED = ("healthy-beginnings", "clean-birth-sorena", "first-breath")
PROGRAM_SITES = Participation.Role.PROGRAM
COMPARISON_SITES = Participation.Role.COMPARISON


def summarise(slug):
    return summarise_program(Program.objects.get(slug=slug), today=TODAY)


def reports_of(role, period):
    """The reports of Healthy Beginnings in a period, found the slow way: one after the other."""
    return [
        report
        for part in Participation.objects.filter(program__slug="healthy-beginnings", role=role)
        for report in part.site.monthly_reports.all()
        if period.first <= report.month <= period.last
    ]


def rate_of(reports):
    births = sum(report.live_births for report in reports)
    return 1000 * sum(report.infant_deaths for report in reports) / births


class TestHealthyBeginnings(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_demo(today=TODAY)
        cls.program = Program.objects.get(slug="healthy-beginnings")
        cls.contract = cls.program.targets.get()

    def test_program_is_in_its_month_18_with_24_months_before(self):
        assert self.program.start_month == date(2024, 9, 1)
        assert (self.contract.due_month, len(self.contract.baseline_period)) == (
            date(2026, 2, 1),
            24,
        )
        assert len(self.contract.evaluation_period) == 12

    def test_target_was_locked_by_the_manager_before_the_program_began(self):
        assert self.contract.locked_at.date() < self.program.start_month
        assert self.contract.locked_by.username == "manager"

    def test_target_is_reached_on_the_figures_and_a_fall_is_shown(self):
        verdict = summarise("healthy-beginnings").target.verdict
        assert (verdict.state, verdict.finding) == (State.REACHED_POINT, Finding.FALL_SHOWN)

    def test_baseline_prints_as_70_and_the_evaluation_is_31_percent_lower(self):
        target = summarise("healthy-beginnings").target
        assert f"{target.baseline.rate.value:.1f}" == "70.0"
        assert 48 <= target.evaluation.rate.value < 49
        assert f"{target.verdict.ratio.percent_change:.0f}" == "-31"

    def test_its_rates_are_those_of_a_slow_recount(self):
        target = summarise("healthy-beginnings").target
        for figures in (target.baseline, target.evaluation):
            reports = reports_of(PROGRAM_SITES, figures.period)
            assert figures.rate.value == pytest.approx(rate_of(reports), rel=1e-12)
            assert figures.completeness.received == len(reports)

    def test_completeness_is_near_95_percent_and_costs_no_query(self):
        target = summarise("healthy-beginnings").target
        with self.assertNumQueries(0):
            shares = [side.completeness.share for side in (target.baseline, target.evaluation)]
        assert all(0.93 <= share <= 0.97 for share in shares)

    def test_maternal_deaths_and_stillbirths_fall_too(self):
        ratios = {own.measure: own.ratio for own in summarise("healthy-beginnings").measures}
        assert ratios[Measure.MATERNAL].high < 1
        assert ratios[Measure.STILLBIRTH].ratio < 1

    def test_services_improve(self):
        shares = []
        for period in (self.contract.baseline_period, self.contract.evaluation_period):
            sums = MonthlyReport.objects.of_program(self.program, role=PROGRAM_SITES)
            totals = sums.in_period(period).totals()
            births = totals["live_births"] + totals["stillbirths"]
            shares.append(totals["skilled_attendant_births"] / births)
        assert shares[0] < 0.65 < 0.75 < shares[1]

    def test_comparison_sites_fall_only_a_little(self):
        before, now = (
            rate_of(reports_of(COMPARISON_SITES, period))
            for period in (self.contract.baseline_period, self.contract.evaluation_period)
        )
        assert 5 <= 100 * (before - now) / before <= 8

    def test_sites_are_of_all_kinds_in_town_and_country_and_on_the_map(self):
        parts = self.program.participations
        roles = Counter(parts.values_list("role", flat=True))
        assert roles[PROGRAM_SITES] >= 12
        assert roles[COMPARISON_SITES] >= 3
        sites = [part.site for part in parts.of_program_sites()]
        assert {site.kind for site in sites} == set(Site.Kind)
        assert {site.setting for site in sites} == set(Site.Setting)
        assert all(site.latitude and site.longitude for site in sites)

    def test_sites_lie_in_districts_of_two_regions_of_one_country(self):
        areas = {site.area for site in self.program.sites.all()}
        assert {area.kind for area in areas} == {"district"}
        assert 5 <= len(areas) <= 6
        regions = {area.parent for area in areas}
        assert (len(regions), len({region.parent for region in regions})) == (2, 1)

    def test_two_mobile_clinics_close_for_the_rains_and_return(self):
        clinics = self.program.sites.filter(kind=Site.Kind.MOBILE_CLINIC)
        assert len(clinics) == 2
        for clinic in clinics:
            spells = list(clinic.spells.all())
            for before, after in pairwise(spells):
                assert months_from(before.last_month, after.first_month) - 2 == 2
            assert (len(spells), spells[-1].last_month) == (5, None)

    def test_interventions_pull_all_four_levers_with_an_output_every_month(self):
        works = Intervention.objects.filter(program=self.program)
        assert {work.lever for work in works} == set(Lever)
        for work in works:
            months = list(work.outputs.values_list("month", flat=True))
            assert months[0] == work.first_month
            assert len(months) == months_from(work.first_month, date(2026, 2, 1))

    def test_some_reports_came_late_and_none_from_the_future(self):
        sent = [
            (report.first_submitted_at.date(), shift_month(report.month, 1).replace(day=10))
            for report in MonthlyReport.objects.of_program(self.program)
        ]
        late = sum(day > due for day, due in sent)
        assert 0.03 <= late / len(sent) <= 0.12
        assert max(day for day, _ in sent) <= TODAY

    def test_one_report_was_corrected_after_approval_by_three_people(self):
        report = MonthlyReport.objects.get(version__gt=2)
        moves = report.history.order_by("history_id")
        told = [(move.history_user.username, move.history_change_reason) for move in moves]
        assert [name for name, _ in told] == [
            "reporter", "manager", "manager", "reporter", "manager2",
        ]  # fmt: skip
        assert [said.partition(":")[0] for _, said in told] == [
            "submit", "approve", "reopen", "submit", "approve",
        ]  # fmt: skip
        assert (moves[0].live_births - report.live_births, report.status) == (9, Status.APPROVED)

    def test_nobody_approved_what_they_had_entered(self):
        versions = MonthlyReport.history.filter(status=Status.APPROVED)
        assert versions.exists()
        assert not [one for one in versions if one.history_user_id == one.entered_by_id]

    def test_last_months_wait_for_approval(self):
        waiting = MonthlyReport.objects.of_program(self.program).filter(status=Status.SUBMITTED)
        months = set(waiting.values_list("month", flat=True))
        assert months == {date(2026, 1, 1), date(2026, 2, 1)}

    def test_recent_months_are_broken_down_by_sex_without_a_remainder(self):
        reports = MonthlyReport.objects.of_program(self.program).exclude(breakdown_counts=None)
        assert set(reports.values_list("month", flat=True)) == {
            shift_month(date(2026, 2, 1), -back) for back in range(6)
        }
        for report in reports.distinct():
            own = report.breakdown_counts.values_list(
                "category__code", "live_births", "infant_deaths"
            )
            parts = {code: {"live_births": b, "infant_deaths": d} for code, b, d in own}
            totals = {"live_births": report.live_births, "infant_deaths": report.infant_deaths}
            assert check_breakdown("sex", totals, parts) == ([], [])


class TestAllPrograms(TestCase):
    @classmethod
    def setUpTestData(cls):
        load_demo(today=TODAY)

    def test_verdicts_are_three_different_ones(self):
        programs = Program.objects.filter(slug__in=INVENTED)
        lines = summarise_portfolio(programs, today=TODAY).lines(programs)
        verdicts = {line.program.slug: line.target.verdict for line in lines}
        assert verdicts["healthy-beginnings"].state == State.REACHED_POINT
        assert verdicts["clean-birth-sorena"].state == State.NOT_REACHED
        assert verdicts["clean-birth-sorena"].finding == Finding.NO_CLEAR_CHANGE
        assert verdicts["first-breath"].state == State.TOO_LITTLE

    def test_each_program_has_its_contract_and_the_invented_ones_act(self):
        for program in Program.objects.all():
            assert program.targets.count() == 1
        for slug in INVENTED:
            assert Program.objects.get(slug=slug).interventions.exists()

    def test_promises_that_nobody_made_are_not_locked_and_say_so(self):
        for program in Program.objects.exclude(slug__in=INVENTED):
            assert not program.targets.get().is_locked
            assert "only an illustration" in program.purpose

    def test_every_stored_report_passes_the_gate_again(self):
        reports = MonthlyReport.objects.select_related("site").prefetch_related("site__spells")
        for report in reports:
            passage = pass_gate(
                {name: getattr(report, name) for name in COUNT_FIELDS},
                site=SiteAtGate(report.site.name, tuple(report.site.operation)),
                month=report.month,
                today=TODAY,
            )
            assert passage.refusals == (), report

    def test_every_report_has_the_history_of_all_its_versions(self):
        versions = MonthlyReport.objects.aggregate(all=Sum("version"))["all"]
        assert MonthlyReport.history.count() == versions

    def test_people_are_members_as_their_roles_say(self):
        programs = Program.objects.count()
        for username, role in (
            ("manager", Role.MANAGER), ("manager2", Role.MANAGER), ("admin", Role.MANAGER),
            ("viewer", Role.VIEWER),
        ):  # fmt: skip
            own = User.objects.get(username=username).memberships
            assert own.filter(role=role, all_sites=True).count() == programs

    def test_reporter_covers_three_sites_of_healthy_beginnings(self):
        own = User.objects.get(username="reporter").memberships.get()
        assert (own.program.slug, own.role, own.all_sites) == (
            "healthy-beginnings", Role.REPORTER, False,
        )  # fmt: skip
        assert own.sites.count() == 3

    def test_everybody_signs_in_with_the_demo_password(self):
        for own in SIGN_INS:
            assert self.client.login(username=own.username, password=DEMO_PASSWORD)
        assert User.objects.filter(is_superuser=True).get().username == "admin"
