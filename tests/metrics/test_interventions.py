"""The intervention page: what was done and put out, beside the rates, and whom it shows what."""

from datetime import date
from xml.etree import ElementTree as ET

import pytest

from metrics.models import MonthlyReport
from programs.models import InterventionOutput
from programs.periods import Period
from tests.factories import (
    InterventionFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.reading import links, sign_in, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

JUNE = date(2025, 6, 1)
PROOF = "This does not prove that the intervention caused it"


def join(program, code, deaths=(10, 7)):
    site = SiteFactory(code=code, name=code.title())
    ParticipationFactory(program=program, site=site)
    MonthlyReport.objects.bulk_create(
        MonthlyReportFactory.build(
            site=site, month=month, infant_deaths=deaths[month >= date(2024, 3, 1)]
        )
        for month in Period(date(2023, 1, 1), JUNE)
    )
    return site


@pytest.fixture
def program():
    return ProgramFactory(slug="hb", name="Healthy Beginnings")


@pytest.fixture
def sites(program):
    return [join(program, code) for code in ("HILL", "DALE", "COAST")]


@pytest.fixture
def own(program, sites):
    """Home visits at two of three sites since March 2024."""
    own = InterventionFactory(
        program=program,
        name="Home visits",
        first_month=date(2024, 3, 1),
        what_was_done="A nurse comes on the third day.",
        done_by="Midwives of the coast",
    )
    own.sites.set(sites[:2])
    return own


def address(own, ending=""):
    return f"/programs/{own.program.slug}/interventions/{own.pk}/{ending}"


# --- What it says --------------------------------------------------------------------------


def test_page_says_what_was_done_by_whom_where_and_when(client, own):
    sign_in(client, own.program)
    response = client.get(address(own))
    seen = words(response)
    for text in (
        "Home visits Prenatal and postnatal care, from 2024-03",
        "A nurse comes on the third day.",
        "Done by Midwives of the coast",
        "From 2024-03 To goes on Where Dale, Hill",
    ):
        assert text in seen
    assert {"/sites/HILL/", "/sites/DALE/"} <= set(links(response))
    assert "/sites/COAST/" not in links(response)


def test_intervention_that_names_no_site_is_everywhere(client, own):
    own.sites.clear()
    sign_in(client, own.program)
    assert "Where all sites of the program: 3 program sites" in words(client.get(address(own)))


def test_page_compares_the_months_before_with_the_latest_and_claims_no_cause(client, own):
    other = InterventionFactory(program=own.program, name="Radio", first_month=date(2024, 9, 1))
    InterventionFactory(program=own.program, name="Too late", first_month=date(2024, 10, 1))
    sign_in(client, own.program)
    response = client.get(address(own))
    seen = words(response)
    assert "Before it began 2023-03 to 2024-02 240 2,400 100.0 (87.7 to 113.5)" in seen
    assert "Latest months 2024-07 to 2025-06 168 2,400 70.0 (59.8 to 81.4)" in seen
    # R: poisson.test(c(168, 240), c(2400, 2400))
    assert "Rate ratio 0.70 (0.57 to 0.86): 30 % lower (43 % lower to 14 % lower)." in seen
    assert seen.index("Rate ratio") < seen.index(PROOF) < seen.index("Radio (2024-09)")
    assert address(other) in links(response)
    assert "Too late" not in seen


def test_figures_lead_to_the_reports_of_its_sites(client, own):
    sign_in(client, own.program)
    reports = "/programs/hb/explain/infant/2024-07..2025-06/?site=DALE&site=HILL"
    assert reports in links(client.get(address(own)))
    assert "168 deaths ÷ 2,400 births" in words(client.get(reports))


def test_outputs_are_listed_by_month_and_none_is_not_zero(client, own):
    for month, counts in {
        5: {"visits_made": 30, "sessions_held": 0},
        6: {"visits_made": 12},
    }.items():
        InterventionOutput.objects.create(intervention=own, month=date(2025, month, 1), **counts)
    sign_in(client, own.program)
    seen = words(client.get(address(own)))
    assert "Month Sessions held Visits made 2025-06 – 12 2025-05 0 30 2025-04 – –" in seen
    assert "All recorded 0 1 of 16 months 42 2 of 16 months" in seen
    assert "People reached" not in seen


def test_measure_is_chosen_by_the_address(client, own):
    sign_in(client, own.program)
    seen = words(client.get(f"{address(own)}?measure=maternal"))
    assert "Maternal mortality at the 2 program sites where it acts" in seen
    assert "The two cannot be compared" in seen


def test_picture_is_sent_as_a_file(client, own):
    sign_in(client, own.program)
    assert address(own, "outputs.svg?measure=infant") in links(client.get(address(own)))
    response = client.get(address(own, "outputs.svg"))
    name = f'filename="hb-intervention-{own.pk}-2025-07-15.svg"'
    assert response["Content-Disposition"].endswith(name)
    title = ET.fromstring(response.content)[0].text  # noqa: S314 - our own drawing
    assert title == "Home visits: what it put out, and the rate of its sites"


# --- Whom it shows what --------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
@pytest.mark.parametrize("ending", ["", "outputs.svg"])
def test_intervention_does_not_exist_for_a_stranger(client, own, extra, ending):
    client.force_login(UserFactory(**extra))
    assert client.get(address(own, ending)).status_code == 404


@pytest.mark.parametrize("ending", ["", "outputs.svg"])
def test_intervention_of_another_program_does_not_exist_here(client, own, ending):
    other = InterventionFactory()
    sign_in(client, own.program, other.program)
    for pk in (other.pk, 0, 10**30):
        assert client.get(f"/programs/hb/interventions/{pk}/{ending}").status_code == 404


def test_member_of_some_sites_reads_their_names_and_their_rates(client, own, sites):
    sign_in(client, own.program, sites=[sites[0], sites[2]])
    seen = words(client.get(address(own)))
    assert "Where Hill and 1 other that you do not see" in seen
    assert "1 of the 2 sites where it acts: those you may see" in seen
    assert "84 1,200" in seen
    assert "168" not in seen
    assert "Dale" not in seen


def test_member_of_none_of_its_sites_reads_what_was_done_and_no_rate(client, own, sites):
    InterventionOutput.objects.create(intervention=own, month=JUNE, visits_made=12)
    sign_in(client, own.program, sites=sites[2:])
    seen = words(client.get(address(own)))
    assert "Where 2 others that you do not see" in seen
    assert "It acts at sites that you do not see" in seen
    assert "All recorded 12 1 of 16 months" in seen
    assert "Rate ratio" not in seen
    assert "per 1,000" not in seen.replace("deaths per 1,000 live births", "")


# --- Where there is little -------------------------------------------------------------------


def test_intervention_ahead_has_nothing_to_compare(client, own):
    own.first_month = date(2026, 1, 1)
    own.save()
    sign_in(client, own.program)
    seen = words(client.get(address(own)))
    assert "From 2026-01, so not yet begun" in seen
    assert "Its first month, 2026-01, is not over." in seen
    assert PROOF not in seen


@pytest.mark.parametrize("first_month", [date(2023, 1, 1), date(2026, 1, 1)])
def test_program_without_reports_has_a_page_and_no_picture(client, program, first_month):
    own = InterventionFactory(program=program)
    ParticipationFactory(program=program, first_month=first_month)
    sign_in(client, program)
    seen = words(client.get(address(own)))
    assert "Nothing to draw yet" in seen
    assert "Nothing is recorded yet" in seen
    assert not {"None", "nan"} & set(seen.split())
    assert client.get(address(own, "outputs.svg")).status_code == 404


def test_program_without_sites_has_its_page(client, program):
    sign_in(client, program)
    seen = words(client.get(address(InterventionFactory(program=program))))
    assert "all sites of the program: 0 program sites" in seen


def test_intervention_at_sites_outside_the_program_says_so(client, own):
    own.sites.set([SiteFactory()])
    sign_in(client, own.program)
    assert "sites that do not take part in the program" in words(client.get(address(own)))


# --- Many ------------------------------------------------------------------------------------


def test_outputs_beyond_fifty_months_are_on_the_next_page(client, own):
    own.first_month = date(2020, 1, 1)
    own.save()
    InterventionOutput.objects.create(intervention=own, month=JUNE, visits_made=1)
    sign_in(client, own.program)
    pages = [client.get(address(own), {"page": number}).context["rows"] for number in (1, 2)]
    assert [len(page) for page in pages] == [50, 16]


@pytest.mark.parametrize("number", [1, 3])
def test_page_takes_fifteen_queries(client, django_assert_num_queries, program, number):
    TargetFactory(program=program)
    named = [join(program, f"S{n}") for n in range(number)]
    join(program, "ELSEWHERE")
    for _ in range(number):
        own = InterventionFactory(program=program)
        own.sites.set(named)
        InterventionOutput.objects.create(intervention=own, month=JUNE, visits_made=1)
    sign_in(client, program)
    # session, user, membership, intervention; target, sites, spells, months, counts; sites
    # that interventions name, months of its own, outputs, other interventions, changes of places
    with django_assert_num_queries(15):
        client.get(address(own))
