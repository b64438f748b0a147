import html
import re
from datetime import date
from decimal import Decimal

import pytest

from programs.models import Participation
from programs.periods import Period, shift_month
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.recount import Recount, make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)
STRANGERS = [{}, {"is_staff": True}, {"is_staff": True, "is_superuser": True}]
PROOF = "This compares before and after. It does not prove that the program caused the change."


def words(response):
    """What a reader sees: the text without its tags, each space one space."""
    assert response.status_code == 200
    seen = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", response.text)
    return " ".join(html.unescape(seen).split()).replace(" ;", ";")  # after a link


def member_of(*programs, client, **membership):
    user = UserFactory()
    for program in programs:
        MembershipFactory(program=program, user=user, **membership)
    client.force_login(user)
    return user


def fill(program, sites=1, deaths=10, later=7):
    """Sites that report a baseline year and, from 2024 on, fewer deaths."""
    for _ in range(sites):
        site = ParticipationFactory(program=program).site
        for month in Period(date(2023, 1, 1), JUNE):
            count = deaths if month.year == 2023 else later
            MonthlyReportFactory(site=site, month=month, infant_deaths=count)
    return program


# --- Who sees what -------------------------------------------------------------------------


@pytest.mark.parametrize("extra", STRANGERS)
def test_program_and_site_do_not_exist_for_a_stranger(client, extra):
    program = fill(TargetFactory().program)
    site, user = program.sites.get(), UserFactory(**extra)
    MembershipFactory(user=user, role="manager")
    client.force_login(user)
    assert client.get(f"/programs/{program.slug}/").status_code == 404
    assert client.get(f"/sites/{site.code}/").status_code == 404
    assert client.get("/programs/unknown/").status_code == 404
    assert client.get("/sites/UNKNOWN/").status_code == 404


@pytest.mark.parametrize("address", ["/", "/programs/", "/programs/x/", "/sites/X/"])
def test_signed_out_person_is_led_to_sign_in(client, address):
    response = client.get(address)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={address}")


@pytest.mark.parametrize("address", ["/", "/programs/", "/programs/x/", "/sites/X/"])
def test_pages_are_only_looked_at(client, address):
    client.force_login(UserFactory())
    assert client.post(address).status_code == 405


def test_home_leads_to_the_portfolio(client):
    client.force_login(UserFactory())
    response = client.get("/")
    assert (response.status_code, response.url) == (302, "/programs/")


def test_member_of_some_sites_finds_these_only(client):
    program = fill(ProgramFactory(), sites=2)
    mine, other = program.sites.order_by("pk")
    member_of(program, client=client, sites=[mine])
    response = client.get(f"/programs/{program.slug}/")
    assert [line.site for line, _ in response.context["sites"]] == [mine]
    assert other.name not in words(response)
    assert client.get(f"/sites/{mine.code}/").status_code == 200
    assert client.get(f"/sites/{other.code}/").status_code == 404


@pytest.mark.parametrize("code", ["", "%00", "A%00", "UNKNOWN", "elsewhere"])
def test_reports_of_a_site_one_may_not_see_are_no_page(client, code):
    program = fill(ProgramFactory())
    MonthlyReportFactory(site__code="elsewhere")
    member_of(program, client=client)
    address = f"/programs/{program.slug}/explain/infant/2024-07..2025-06/"
    assert client.get(address).status_code == 200
    assert client.get(f"{address}?site={code}").status_code == 404


@pytest.mark.parametrize(
    ("role", "may_import", "may_enter"),
    [("viewer", False, False), ("reporter", False, True), ("manager", True, True)],
)
def test_pages_offer_what_the_role_may_do(client, role, may_import, may_enter):
    program = fill(ProgramFactory())
    site = program.sites.get()
    site.monthly_reports.filter(month=JUNE).delete()
    member_of(program, client=client, role=role)
    shown = client.get(f"/programs/{program.slug}/").text
    assert (f"/programs/{program.slug}/imports/" in shown) is may_import
    shown = client.get(f"/sites/{site.code}/").text
    assert (f"/sites/{site.code}/reports/2025-06/" in shown) is may_enter


# --- The same figures as a recount ---------------------------------------------------------


def written(counts, expected):
    deaths, births, reports = counts
    return f"{deaths:,} of {births:,}; {reports:,} of {expected:,} reports"


@pytest.mark.parametrize("seed", range(3))
def test_program_page_shows_what_a_recount_gives(client, seed):
    program = make_program(seed, approval_required=seed == 1)
    target = TargetFactory(program=program)
    member_of(program, client=client)
    seen = words(client.get(f"/programs/{program.slug}/"))
    recount = Recount(program)
    for period in (target.baseline_period, target.evaluation_period):
        counts, expected = recount.counts(list(period)), recount.expected(list(period))
        assert written(counts, expected) in seen
    for year in (2023, 2024):
        months = [date(year, month, 1) for month in range(1, 13)]
        deaths, births, _ = recount.counts(months)
        assert re.search(rf"\b{year}( partial \d+ of 12 months)? {deaths:,} {births:,} ", seen)
    assert PROOF in seen


def test_program_page_shows_the_promise_and_the_verdict(client):
    program = fill(TargetFactory().program, sites=2)
    member_of(program, client=client)
    seen = words(client.get(f"/programs/{program.slug}/"))
    for text in (
        "infant mortality 30 % lower, judged over 2024-07 to 2025-06",
        "Reached on the figures, not yet certain",
        "100.0 → 70.0 per 1,000 births: 30 % lower",
        "Evaluation 2024-07 to 2025-06 168 2,400 70.000",
        "100 % 24 of 24 reports",
        "Baseline 2023-01 to 2023-12 240 2,400 100.000",
    ):
        assert text in seen


def test_change_that_falls_short_of_the_promise_never_reads_like_the_promise(client):
    """29.6 % lower is not 30 % lower."""
    program = fill(TargetFactory().program, deaths=250, later=176)
    for site in program.sites.all():
        site.monthly_reports.update(live_births=2500)
    member_of(program, client=client)
    for page in ("/programs/", f"/programs/{program.slug}/"):
        seen = words(client.get(page))
        assert "Not reached" in seen
        assert "births: 30 % lower" not in seen


def test_confidence_short_of_certainty_never_reads_like_certainty(client):
    program = fill(TargetFactory(confidence=Decimal("99.9")).program, deaths=250, later=20)
    member_of(program, client=client)
    assert "100 % confident" not in words(client.get(f"/programs/{program.slug}/"))


def test_program_page_marks_what_is_provisional(client, monkeypatch):
    program = fill(TargetFactory(due_month=date(2025, 12, 1)).program)
    member_of(program, client=client)
    assert "Provisional: the promise is due in 2025-12." in words(
        client.get(f"/programs/{program.slug}/")
    )


def test_sites_table_tells_missing_from_zero(client):
    program = fill(ProgramFactory(), deaths=0, later=0)
    silent = ParticipationFactory(program=program, site__name="Silent post").site
    member_of(program, client=client)
    seen = words(client.get(f"/programs/{program.slug}/"))
    assert "0.0 (0.0 to 3.1) 0 of 1,200; 12 of 12 reports" in seen
    assert "none of 30 missing last 2025-06" in seen
    assert silent.name in seen
    assert "not counted 30 of 30 missing 30 overdue last none yet" in seen


def test_site_page_shows_every_month_and_its_state(client):
    program = fill(ProgramFactory())
    site = program.sites.get()
    site.monthly_reports.filter(month=date(2025, 5, 1)).delete()
    site.monthly_reports.filter(month=date(2025, 4, 1)).update(live_births=0, infant_deaths=0)
    member_of(program, client=client)
    seen = words(client.get(f"/sites/{site.code}/"))
    assert "2025-06 reported submitted 100 7 – – 70.0 (28.1 to 144.2)" in seen
    assert (
        "2025-05 not reported 2025-04 no live births, so no rate submitted 0 0 – – no rate" in seen
    )
    assert "70 of 1,000; 11 of 12 reports, 2024-07 to 2025-06" in seen


def test_reports_that_wait_for_approval_are_mentioned(client):
    program = fill(TargetFactory(program__approval_required=True).program)
    member_of(program, client=client)
    seen = words(client.get(f"/programs/{program.slug}/"))
    assert "30 reports wait for approval and are not in these figures" in seen


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("first=2024-01&last=2024-03", "21 of 300; 3 of 3 reports, 2024-01 to 2024-03"),
        ("first=2024-01&last=2023-12", "The period ends in 2023-12, before it begins in 2024-01."),
        ("first=2024-13&last=2024-03", '"2024-13" is not a month.'),
        ("first=2024-02", "Give both months, or neither."),
        ("last=2024-01", "Give both months, or neither."),
        ("measure=growth", "growth is not one of the available choices."),
        ("area=nowhere", "nowhere is not one of the available choices."),
        ("first=0001-01&last=9999-12", "246 of 3,000; 30 of 30 reports, 0001-01 to 9999-12"),
        ("first=2010-01&last=2010-02", "0 of 0; 0 of 0 reports, 2010-01 to 2010-02"),
    ],
)
def test_any_period_is_rated_or_answered_with_a_sentence(client, asked, said):
    program = fill(ProgramFactory())
    member_of(program, client=client)
    assert said in words(client.get(f"/programs/{program.slug}/?{asked}"))


def test_program_without_anything_has_its_page(client):
    program = ProgramFactory()
    member_of(program, client=client)
    seen = words(client.get(f"/programs/{program.slug}/"))
    assert "Nothing has been promised yet" in seen
    assert "nan" not in seen.lower().split()
    assert "Nothing has been promised yet" in words(client.get("/programs/"))


@pytest.mark.parametrize(
    "measure", ["infant", "neonatal", "postneonatal", "stillbirth", "maternal"]
)
@pytest.mark.parametrize(
    "promise", [{"reduction_percent": 30}, {"reduction_percent": None, "level": 5}]
)
def test_page_of_any_measure_and_promise_is_shown(client, measure, promise):
    program = make_program(5)
    TargetFactory(program=program, measure=measure, **promise)
    member_of(program, client=client)
    for page in ("/programs/", f"/programs/{program.slug}/"):
        seen = words(client.get(page))
        assert "None" not in seen.split()
        assert "nan" not in seen.split()


# --- Many ------------------------------------------------------------------------------------


def test_sites_beyond_fifty_are_on_the_next_page(client):
    program = ProgramFactory()
    for number in range(53):
        ParticipationFactory(program=program, site__name=f"Post {number:02}")
    member_of(program, client=client)
    address = f"/programs/{program.slug}/"
    pages = [client.get(address, {"page": page}).context["sites"] for page in (1, 2, "x", 99)]
    assert [len(page) for page in pages] == [50, 3, 50, 3]
    assert [page.number for page in pages] == [1, 2, 1, 2]
    seen = {line.site for page in pages[:2] for line, _ in page}
    assert len(seen) == 53


def test_next_page_keeps_the_period_that_was_asked_for(client):
    program = ProgramFactory()
    ParticipationFactory.create_batch(51, program=program)
    member_of(program, client=client)
    response = client.get(f"/programs/{program.slug}/?first=2024-01&last=2024-02")
    assert "first=2024-01&amp;last=2024-02&amp;page=2" in response.text


@pytest.mark.parametrize("number", [1, 3])
def test_program_page_takes_fourteen_queries(client, django_assert_num_queries, number):
    program = fill(TargetFactory().program, sites=number)
    for _ in range(number):
        InterventionFactory(program=program).sites.set(program.sites.all())
        TargetFactory(program=program, version=program.targets.count() + 1, reason="again")
    member_of(program, client=client)
    # session, user, membership; target, sites, spells, months, counts, groups, interventions,
    # what changed about the places
    with django_assert_num_queries(14):
        client.get(f"/programs/{program.slug}/?first=2024-01&last=2024-02")


@pytest.mark.parametrize("number", [1, 3])
def test_program_page_of_a_member_of_some_sites_takes_fifteen_queries(
    client, django_assert_num_queries, number
):
    program = fill(TargetFactory().program, sites=number)
    member_of(program, client=client, sites=program.sites.all(), role="manager")
    with django_assert_num_queries(15):
        client.get(f"/programs/{program.slug}/")


@pytest.mark.parametrize("rule", ["all", "both"])
@pytest.mark.parametrize("number", [1, 3])
def test_program_page_never_takes_more_than_sixteen_queries(
    client, django_assert_max_num_queries, number, rule
):
    """With everything that costs one: some sites only, another sites rule, gaps, a period."""
    program = fill(TargetFactory(sites_rule=rule).program, sites=number)
    comparison = ParticipationFactory(program=program, role=Participation.Role.COMPARISON).site
    MonthlyReportFactory(site=ParticipationFactory(program=program).site)
    MonthlyReportFactory(site=comparison)
    InterventionFactory(program=program)
    member_of(program, client=client, sites=program.sites.all(), role="manager")
    with django_assert_max_num_queries(16):
        client.get(f"/programs/{program.slug}/?first=2024-01&last=2024-02")


@pytest.mark.parametrize("number", [1, 3])
def test_site_page_takes_thirteen_queries(client, django_assert_num_queries, number):
    program = ProgramFactory()
    site = ParticipationFactory(program=program).site
    others = [ParticipationFactory(site=site).program for _ in range(number - 1)]
    for back in range(number):
        MonthlyReportFactory(site=site, month=shift_month(JUNE, -back))
        InterventionFactory(program=program)
    member_of(program, *others, client=client, role="reporter")
    # session, user, site, spells, participations; reports, measures, interventions, areas, the
    # months of its programs, may enter
    with django_assert_num_queries(13):
        client.get(f"/sites/{site.code}/")


def test_comparison_site_is_named_as_one(client):
    part = ParticipationFactory(role=Participation.Role.COMPARISON)
    member_of(part.program, client=client)
    assert "comparison site" in words(client.get(f"/programs/{part.program.slug}/"))
