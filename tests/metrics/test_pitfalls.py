"""The page of pitfalls: each in words, found, not found, and where it cannot be checked."""

import html
import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from metrics.models import BreakdownCount, Category, MonthlyReport
from metrics.summaries.pitfalls import Pitfall
from programs.models import InterventionOutput, Participation, Role, Site, Target
from programs.periods import Period, shift_month
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MONTHS = Period(date(2022, 1, 1), date(2025, 6, 1))
RECENT = {"month__gte": date(2024, 7, 1)}
KINDS = {"Big Hospital": "hospital", "Health Centre": "health_centre", "Village": "community"}
DUE = datetime(2023, 12, 15, 9, tzinfo=UTC)


def report(site, month, deaths):
    return MonthlyReport(
        site=site,
        month=month,
        live_births=100,
        infant_deaths=deaths,
        early_neonatal_deaths=3,
        late_neonatal_deaths=1,
        postneonatal_deaths=deaths - 4,
        age_unknown_deaths=0,
        stillbirths=3,
        maternal_deaths=1,
        status="submitted",
        first_submitted_at=datetime(*shift_month(month, 1).timetuple()[:2], 5, tzinfo=UTC),
    )


def fill(program, *, name, kind="health_centre", role="program", later=4):
    """A site with 10 deaths of 100 births a month before 2024, and so many later."""
    site = ParticipationFactory(
        program=program, role=role, first_month=MONTHS.first, site=SiteFactory(name=name, kind=kind)
    ).site
    MonthlyReport.objects.bulk_create(
        report(site, month, 10 if month.year < 2024 else later) for month in MONTHS
    )
    return site


@pytest.fixture
def program():
    """A program in which no pitfall is to be found."""
    program = TargetFactory(locked_at=DUE).program
    for name, kind in KINDS.items():
        fill(program, name=name, kind=kind)
    fill(program, name="Elsewhere", role=Participation.Role.COMPARISON, later=10)
    for own in MonthlyReport.objects.filter(site__name="Village", **RECENT):
        BreakdownCount.objects.create(
            report=own, category=Category.objects.get(code="female"), live_births=50,
            infant_deaths=3,
        )  # fmt: skip
    work = InterventionFactory(program=program)
    InterventionOutput.objects.create(intervention=work, month=work.first_month, sessions_held=0)
    return program


def look(client, program, **membership):
    client.force_login(MembershipFactory(program=program, **membership).user)
    return client.get(reverse("pitfalls", args=[program.slug]))


def read(response):
    """Each finding's words, by its pitfall."""
    items = re.findall(r'(?s)<li id="(\w+)" class[^>]*>(.*?)</div>\s*</li>', response.text)
    return {Pitfall(name): plain(words) for name, words in items}


def plain(markup):
    """What a reader sees; a span that keeps words on one line adds no space."""
    return " ".join(
        html.unescape(re.sub("<[^>]+>", " ", re.sub("</?span[^>]*>", "", markup))).split()
    )


def reports(**which):
    return MonthlyReport.objects.filter(**which)


def at(name):
    return reports(site__name=name)


def promise(**fields):
    Target.objects.update(**fields)


def nothing_promised():
    Target.objects.all().delete()


# --- What is found -------------------------------------------------------------------------

FOUND = {
    Pitfall.ONLY_HOSPITALS: (
        lambda: Site.objects.update(kind="hospital"),
        "Hospital: 3 sites, 3,600 of 3,600 births (100 %). No site is a community",
    ),
    Pitfall.ONE_SITE: (
        lambda: at("Big Hospital").update(live_births=201),
        "Big Hospital has the most births of the last 12 months: 2,412 of 4,812 (50 %), "
        "more than 50 %.",
    ),
    Pitfall.NOT_BROKEN_DOWN: (
        lambda: BreakdownCount.objects.all().delete(),
        "None of the 36 reports of the last 12 months is broken down",
    ),
    Pitfall.NO_AGES: (
        lambda: at("Village").update(
            postneonatal_deaths=None, early_neonatal_deaths=None, late_neonatal_deaths=None
        ),
        "48 of 144 infant deaths of the last 12 months (33 %) are counted neither",
    ),
    Pitfall.NO_STILLBIRTHS: (
        lambda: at("Village").update(stillbirths=None),
        "Stillbirths are counted in 24 of 36 reports of the last 12 months (66 %), fewer than 80 %",
    ),
    Pitfall.NO_MATERNAL: (
        lambda: at("Village").update(maternal_deaths=None),
        "Maternal deaths are counted in 24 of 36 reports of the last 12 months (66 %)",
    ),
    # R's poisson.test(c(108, 36), c(3600, 3600)): 2.0402 to 4.5052
    Pitfall.COMPANIONS_ROSE: (
        lambda: reports(**RECENT).update(maternal_deaths=3),
        "Maternal mortality, per 100,000: 1,000.0 (700.4 to 1,384.4; 36 of 3,600) in the "
        "baseline, 3,000.0 (2,461.0 to 3,622.0; 108 of 3,600) since, 200 % higher",
    ),
    Pitfall.COMPLETENESS_SHIFTED: (
        lambda: reports(month=date(2023, 5, 1)).delete() and at("Village").filter(
            month__range=(date(2023, 6, 1), date(2023, 7, 1))
        ).delete(),
        "31 of 36 reports in the baseline (86 %), 36 of 36 in the evaluation (100 %): more than "
        "10 points apart.",
    ),
    Pitfall.BIRTHS_JUMPED: (
        lambda: reports(**RECENT).update(live_births=150),
        "3,600 births in 36 reports of the baseline, 5,400 in 36 of the evaluation. Births in a "
        "report differ by more than 20 %",
    ),
    Pitfall.SITES_JOINED: (
        lambda: at("Village").filter(month__lt=date(2024, 1, 1)).delete(),
        "1 of 3 program sites reported in only one of the contract's two periods.",
    ),
    Pitfall.LATE_REPORTS: (
        lambda: at("Village").update(first_submitted_at=datetime(2025, 7, 11, 9, tzinfo=UTC)),
        # June's report was due on the 10th, so the 11th is late for it as well.
        "24 of 36 reports of 2024-07 to 2025-06 came by day 10 of the month after (66 %), fewer",
    ),
    Pitfall.SHORT_BASELINE: (
        lambda: promise(baseline_first=date(2023, 7, 1)),
        "The baseline is 2023-07 to 2023-12, 6 months. The program began in 2024-01.",
    ),
    Pitfall.PROMISED_LATE: (
        lambda: promise(locked_at=None),
        "Version 1 of the contract is not locked. The program began in 2024-01.",
    ),
    Pitfall.CHOSEN_HIGH: (
        lambda: Participation.objects.filter(site__name="Village").update(chosen_because_high=True),
        "1 of 3 program sites is marked as chosen because of a high rate.",
    ),
    # 2022 was as bad again as 2023, so that against both years a fall is shown to the target.
    Pitfall.BASELINE_MATTERS: (
        lambda: (
            reports(month__year=2022).update(infant_deaths=20)
            and reports(**RECENT).update(infant_deaths=8, postneonatal_deaths=4)
        ),
        "Baseline of 12 months: Not reached",
    ),
    Pitfall.NO_COMPARISON: (
        lambda: Participation.objects.filter(role="comparison").delete(),
        "3 program sites and no comparison sites.",
    ),
    # R's poisson.test(c(144, 360), c(3600, 3600)): 0.3274 to 0.4866
    Pitfall.COMPARISON_FELL: (
        lambda: at("Elsewhere").filter(**RECENT).update(infant_deaths=4, postneonatal_deaths=0),
        "Program sites 60 % lower (67 % lower to 51 % lower), comparison sites 60 % lower",
    ),
    Pitfall.FEW_DEATHS: (
        lambda: reports(month__year=2023).exclude(month=date(2023, 1, 1)).update(
            infant_deaths=0, early_neonatal_deaths=0, late_neonatal_deaths=0, postneonatal_deaths=0
        ) and at("Village").filter(month=date(2023, 1, 1)).update(
            infant_deaths=0, early_neonatal_deaths=0, late_neonatal_deaths=0, postneonatal_deaths=0
        ) and at("Big Hospital").filter(month=date(2023, 1, 1)).update(
            infant_deaths=9, postneonatal_deaths=5
        ),
        "19 deaths in the baseline, and 19.0 expected since at that rate; 20 of each are needed.",
    ),
    Pitfall.NOTHING_RECORDED: (
        lambda: InterventionOutput.objects.all().delete(),
        "Of 1 intervention that has begun, 1 has no output recorded in any month.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("pitfall", FOUND)
def test_pitfall_is_found_and_says_what_was_looked_at(client, program, pitfall):
    change, sentence = FOUND[pitfall]
    change()
    words = read(look(client, program))[pitfall]
    assert words.startswith(f"{pitfall.question} Found ")
    assert sentence in words


def test_every_pitfall_is_tested_as_found():
    assert set(FOUND) == set(Pitfall)


# --- What is not found ---------------------------------------------------------------------

NOT_FOUND = {
    Pitfall.ONLY_HOSPITALS: "Hospital: 1 site, 1,200 of 3,600 births (33 %); Health centre: 1 site",
    Pitfall.ONE_SITE: "has the most births of the last 12 months: 1,200 of 3,600 (33 %).",
    Pitfall.NOT_BROKEN_DOWN: "Sex: in 12 of 36 reports of the last 12 months, with 0 of 600 births "
    "and 0 of 36 deaths unknown.",
    Pitfall.NO_AGES: "0 of 144 infant deaths of the last 12 months (0 %)",
    Pitfall.NO_STILLBIRTHS: "counted in 36 of 36 reports of the last 12 months (100 %).",
    Pitfall.NO_MATERNAL: "counted in 36 of 36 reports of the last 12 months (100 %).",
    # R: poisson.test(36, 3600), (108, 3600) and (108, 3708), $conf.int per 100,000 and per 1,000
    Pitfall.COMPANIONS_ROSE: "Stillbirths, per 1,000: 29.1 (23.9 to 35.2; 108 of 3,708) in the "
    "baseline, 29.1 (23.9 to 35.2; 108 of 3,708) since, unchanged",
    Pitfall.COMPLETENESS_SHIFTED: "36 of 36 reports in the baseline (100 %), 36 of 36",
    Pitfall.BIRTHS_JUMPED: "3,600 births in 36 reports of the baseline, 3,600 in 36",
    Pitfall.SITES_JOINED: "0 of 3 program sites reported in only one",
    Pitfall.LATE_REPORTS: "36 of 36 reports of 2024-07 to 2025-06 came by day 10",
    Pitfall.SHORT_BASELINE: "The baseline is 2023-01 to 2023-12, 12 months.",
    Pitfall.PROMISED_LATE: "Version 1 of the contract was locked on 2023-12-15.",
    Pitfall.CHOSEN_HIGH: "0 of 3 program sites are marked",
    Pitfall.BASELINE_MATTERS: "Baseline of 24 months: Reached",
    Pitfall.NO_COMPARISON: "3 program sites and 1 comparison site.",
    Pitfall.COMPARISON_FELL: "Program sites 60 % lower (67 % lower to 51 % lower), comparison "
    "sites unchanged",
    Pitfall.FEW_DEATHS: "360 deaths in the baseline, and 360.0 expected since",
    Pitfall.NOTHING_RECORDED: "1 intervention has begun, and outputs are recorded of it.",
}


def test_none_of_them_is_found_where_nothing_is_wrong(client, program):
    response = look(client, program)
    found = read(response)
    assert response.context["summary"].found == []
    assert "None of them is found in the figures as of 2025-07-15." in response.text
    assert set(found) == set(NOT_FOUND) == set(Pitfall)
    for pitfall, sentence in NOT_FOUND.items():
        assert found[pitfall].startswith(f"{pitfall.question} Not found ")
        assert sentence in found[pitfall]


# --- What cannot be checked ----------------------------------------------------------------

NO_REPORT = "No report of the last 12 months is in the figures yet."
NO_PROMISE = "Nothing has been promised, so there are no two periods to compare."
WITHOUT_REPORTS = {
    Pitfall.ONE_SITE: "No births in the figures of the last 12 months.",
    Pitfall.NOT_BROKEN_DOWN: NO_REPORT,
    Pitfall.NO_AGES: "No infant deaths are in the figures of the last 12 months",
    Pitfall.NO_STILLBIRTHS: NO_REPORT,
    Pitfall.NO_MATERNAL: NO_REPORT,
    Pitfall.COMPANIONS_ROSE: "Neither stillbirths nor maternal deaths can be compared",
    Pitfall.BIRTHS_JUMPED: "There are no births yet in one of the contract's two periods.",
    Pitfall.SITES_JOINED: "There are no reports yet in one of the contract's two periods.",
    Pitfall.COMPARISON_FELL: "The comparison sites have no rates to compare",
    Pitfall.FEW_DEATHS: "No births are in the figures of the baseline yet.",
}
WITHOUT_PROMISE = {
    Pitfall.COMPANIONS_ROSE: NO_PROMISE,
    Pitfall.COMPLETENESS_SHIFTED: NO_PROMISE,
    Pitfall.BIRTHS_JUMPED: NO_PROMISE,
    Pitfall.SITES_JOINED: NO_PROMISE,
    Pitfall.SHORT_BASELINE: "Nothing has been promised, so there is no baseline.",
    Pitfall.PROMISED_LATE: "Nothing has been promised yet.",
    Pitfall.BASELINE_MATTERS: "Nothing has been promised, so there is no verdict to try.",
    Pitfall.COMPARISON_FELL: NO_PROMISE,
}
WITHOUT_SITES = {
    Pitfall.ONLY_HOSPITALS: "The program has no program sites yet.",
    Pitfall.CHOSEN_HIGH: "The program has no program sites yet.",
    Pitfall.COMPLETENESS_SHIFTED: "No reports are expected yet in one of the contract's two",
    Pitfall.BASELINE_MATTERS: "The program has reports for fewer than two baselines to try.",
    Pitfall.LATE_REPORTS: "No report is overdue yet.",
}

FROM_FILES = {Pitfall.LATE_REPORTS: "2024-07 to 2025-06: every report came in a file"}


@pytest.mark.parametrize(
    ("change", "sentences"),
    [
        (lambda: MonthlyReport.objects.all().delete(), WITHOUT_REPORTS),
        (nothing_promised, WITHOUT_PROMISE),
        (lambda: Participation.objects.filter(role="program").delete(), WITHOUT_SITES),
        (lambda: reports().update(door="file"), FROM_FILES),
    ],
)
def test_what_cannot_be_checked_says_why(client, program, change, sentences):
    BreakdownCount.objects.all().delete()
    change()
    words = read(look(client, program))
    for pitfall, sentence in sentences.items():
        assert words[pitfall].startswith(f"{pitfall.question} Cannot be checked ")
        assert sentence in words[pitfall]


def test_program_that_has_not_begun_has_nothing_to_record(client):
    words = read(look(client, ProgramFactory(start_month=date(2025, 9, 1))))
    assert (
        "The program begins in 2025-09: nothing is to be recorded yet."
        in (words[Pitfall.NOTHING_RECORDED])
    )


def test_rate_that_rose_has_no_fall_to_explain(client, program):
    reports(**RECENT).exclude(site__name="Elsewhere").update(infant_deaths=15)
    words = read(look(client, program))[Pitfall.COMPARISON_FELL]
    assert "Cannot be checked" in words
    assert "Where the rate did not fall, there is no fall to explain." in words


def test_without_a_promise_deaths_of_the_last_months_are_counted(client, program):
    nothing_promised()
    words = read(look(client, program))[Pitfall.FEW_DEATHS]
    assert "144 deaths among 3,600 births in the last 12 months; a verdict will need 20." in words


# --- Who sees what -------------------------------------------------------------------------


def test_every_pitfall_that_is_found_leads_somewhere(client, program):
    for change, _ in FOUND.values():
        change()
    response = look(client, program)
    found = re.findall(r'(?s)<li id="(\w+)" class="tone-warn">(.*?)</li>', response.text)
    assert len(found) >= 12
    assert [name for name, words in found if 'class="mend"' not in words] == []


def test_member_of_some_sites_is_told_nothing_of_single_others(client, program):
    village = Site.objects.get(name="Village")
    response = look(client, program, role=Role.REPORTER, sites=[village])
    words = read(response)
    assert "your membership does not cover all of them" in words[Pitfall.ONE_SITE]
    assert (
        "Hospital: 1 site; Health centre: 1 site; Community: 1 site."
        in (words[Pitfall.ONLY_HOSPITALS])
    )
    assert "Big Hospital" not in response.text
    assert "The numbers are of all sites together." in response.text


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_stranger_finds_no_page(client, program, extra):
    client.force_login(UserFactory(**extra))
    assert client.get(reverse("pitfalls", args=[program.slug])).status_code == 404


def test_staff_are_led_into_the_admin_and_others_are_told_who_may(client, program):
    Participation.objects.filter(role="comparison").delete()
    plain = look(client, program).text
    staff = look(client, program, user=UserFactory(is_staff=True)).text
    where = f"/admin/programs/participation/?program__id__exact={program.pk}"
    assert (where in plain, where in staff) == (False, True)
    assert "an admin sets them up" in plain


@pytest.mark.parametrize("sites", [1, 3])
def test_pitfalls_take_thirteen_queries(client, django_assert_num_queries, sites):
    program = TargetFactory().program
    for number in range(sites):
        fill(program, name=f"Site {number}")
        InterventionFactory(program=program)
    client.force_login(MembershipFactory(program=program).user)
    with django_assert_num_queries(13):
        assert client.get(reverse("pitfalls", args=[program.slug])).status_code == 200
