"""Real counts, brought in through the importer, give the figures that were published."""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import TestCase

import metrics.demo
from metrics.demo.real import (
    ANDHRA_PRADESH_FILE,
    HAND_WASHING,
    VIENNA_FILE,
    load_andhra_pradesh,
    load_vienna,
)
from metrics.models import Door, ImportBatch, MonthlyReport
from metrics.stats.comparisons import compare_rates
from metrics.summaries import MonthState, Scope, summarise_program, summarise_site
from programs.models import Area, Participation
from programs.periods import Period, parse_month
from tests.factories import UserFactory

TODAY = date(2026, 11, 22)
FILES = Path(metrics.demo.__file__).parent / "data"
GOLDEN = Path(__file__).parents[1] / "data" / "golden_cases.json"


def rows_of(name):
    with (FILES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def golden(case_id):
    cases = json.loads(GOLDEN.read_text(encoding="utf-8"))["cases"]
    return next(case["expected"] for case in cases if case["id"] == case_id)


def site_months(summary):
    """Every month of every site as its page shows it."""
    for line in summary.sites:
        participations = line.site.participations.select_related("program")
        for month in summarise_site(line.site, participations, today=TODAY).months:
            yield line.site.name, month


class TestAndhraPradesh(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.program = load_andhra_pradesh(by=UserFactory(), today=TODAY)

    def summarise(self):
        return summarise_program(self.program, today=TODAY)

    def test_financial_years_give_the_published_totals(self):
        years = {year.label: year for year in self.summarise().series.years}
        births = {label: year.counts.births for label, year in years.items()}
        assert births.items() >= {"2020-21": 348023, "2021-22": 404953, "2022-23": 347973}.items()
        rates = {label: f"{year.rate.value:.3f}" for label, year in years.items()}
        published = {"2020-21": "11.425", "2021-22": "10.969", "2022-23": "9.021"}
        assert rates.items() >= published.items()

    def test_every_row_that_was_reported_came_in_through_the_importer(self):
        reported = [row for row in rows_of(ANDHRA_PRADESH_FILE) if row["live_births"]]
        batch = ImportBatch.objects.get()
        assert batch.rows_created == len(reported) == MonthlyReport.objects.count()
        assert set(MonthlyReport.objects.values_list("door", flat=True)) == {Door.FILE}

    def test_counts_are_those_of_the_file(self):
        stored = {
            (report.site.name, report.month): report
            for report in MonthlyReport.objects.select_related("site")
        }
        for row in rows_of(ANDHRA_PRADESH_FILE):
            report = stored.get((row["district"], parse_month(row["period"])))
            for name in ("live_births", "infant_deaths", "postneonatal_deaths", "stillbirths"):
                written = int(float(row[name])) if row[name] else None
                assert (getattr(report, name) if report else None) == written

    def test_missing_district_months_are_absent_and_listed_as_not_reported(self):
        blank = {
            (row["district"], parse_month(row["period"]))
            for row in rows_of(ANDHRA_PRADESH_FILE)
            if not row["live_births"]
        }
        summary = self.summarise()
        missing = {
            (name, own.month)
            for name, own in site_months(summary)
            if own.state is MonthState.MISSING
        }
        assert missing == blank
        assert sum(line.missing for line in summary.sites) == len(blank) == 13

    def test_months_without_births_have_no_rate(self):
        zero = {
            (row["district"], parse_month(row["period"]))
            for row in rows_of(ANDHRA_PRADESH_FILE)
            if row["live_births"] and float(row["live_births"]) == 0
        }
        found = {
            (name, own.month)
            for name, own in site_months(self.summarise())
            if own.state is MonthState.ZERO_BIRTHS and own.rate is None
        }
        assert found == zero
        assert len(zero) == 38

    def test_april_2023_is_partial_as_month_and_in_its_year(self):
        summary = self.summarise()
        assert [own.month for own in summary.series.months if own.is_partial] == [date(2023, 4, 1)]
        year = summary.series.years[-1]
        assert (year.label, year.months, year.is_partial) == ("2023-24", 1, True)

    def test_neonatal_deaths_follow_from_infant_and_postneonatal_ones(self):
        neonatal = sum(
            float(row["neonatal_deaths"])
            for row in rows_of(ANDHRA_PRADESH_FILE)
            if "2022-04" <= row["period"] <= "2023-03"
        )
        measures = {own.measure: own for own in self.summarise().measures}
        assert measures["neonatal"].evaluation.counts.deaths == neonatal

    def test_promise_that_nobody_made_is_20_percent(self):
        target = self.summarise().target
        assert target.target.reduction_percent == Decimal(20)
        assert (str(target.baseline.period), str(target.evaluation.period)) == (
            "2020-04 to 2021-03", "2022-04 to 2023-03",
        )  # fmt: skip

    def test_districts_lie_in_one_state_of_india(self):
        districts = Area.objects.filter(sites__participations__program=self.program)
        assert (len(districts), {str(area.parent) for area in districts}) == (
            13, {"Andhra Pradesh (region)"},
        )  # fmt: skip
        assert {str(area.parent.parent) for area in districts} == {"India (country)"}


class TestVienna(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.program = load_vienna(by=UserFactory(), today=TODAY)
        cls.summary = summarise_program(cls.program, today=TODAY)

    def test_pooled_rates_are_105_and_21_5(self):
        expected = golden("D-semmelweis-means")
        target = self.summary.target
        assert (target.baseline.rate.value, target.evaluation.rate.value) == pytest.approx(
            (expected["pooled_before_per_1000"], expected["pooled_after_per_1000"]), rel=1e-6
        )

    def test_rate_ratio_of_its_counts_and_the_interval_agree_with_r(self):
        expected = golden("D-semmelweis-rr")
        now, before = self.summary.target.evaluation.counts, self.summary.target.baseline.counts
        ratio = compare_rates(now.deaths, now.births, before.deaths, before.births)
        assert (ratio.ratio, ratio.low, ratio.high) == pytest.approx(
            (expected["rr"], expected["lower"], expected["upper"]), rel=1e-6
        )

    def test_december_1841_is_missing_and_not_zero(self):
        missing = [m.month for _, m in site_months(self.summary) if m.state is MonthState.MISSING]
        assert missing == [date(1841, 12, 1)]
        assert {row["date"][:7] for row in rows_of(VIENNA_FILE)}.isdisjoint({"1841-12"})

    def test_start_that_is_a_year_too_early_hides_most_of_the_effect(self):
        rows = [row for row in rows_of(VIENNA_FILE) if row["date"] >= "1846-06-01"]
        births = sum(int(row["births"]) for row in rows)
        wrong = 1000 * sum(int(row["deaths"]) for row in rows) / births
        period = Period(date(1846, 6, 1), date(1849, 3, 1))
        figures = summarise_program(
            self.program, today=TODAY, scope=Scope(period=period)
        ).shown.period
        assert figures.rate.value == pytest.approx(wrong, rel=1e-12)
        assert figures.rate.value > 2 * self.summary.target.evaluation.rate.value

    def test_hand_washing_began_in_june_1847(self):
        washing = self.program.interventions.get()
        assert (washing.first_month, HAND_WASHING) == (date(1847, 6, 1), self.program.start_month)
        assert Participation.objects.get().period == self.summary.span

    def test_infant_mortality_was_not_counted_and_has_no_rate(self):
        infant = next(own for own in self.summary.measures if own.measure == "infant")
        assert (infant.baseline.rate, infant.evaluation.rate, infant.ratio) == (None, None, None)
