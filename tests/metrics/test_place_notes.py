"""Where a place changed, every figure that it touches says so, and no other."""

import csv
from datetime import date

import pytest
from django.utils.html import escape

from metrics.evaluations import freeze_evaluation
from programs.models import Area, PlaceChange
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    TargetFactory,
)
from tests.metrics.reading import sign_in, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

MONTHS = Period(date(2023, 1, 1), date(2025, 6, 1))  # of the baseline to those of the evaluation
PROGRAM = "/programs/hb/"
NORTH, SOUTH, LAND = (f"{PROGRAM}areas/{code}/" for code in ("NORTH", "SOUTH", "LAND"))
EXPLAINED = f"{PROGRAM}explain/infant/2023-01..2025-06/"
OF_THE_PROGRAM = [
    PROGRAM, f"{PROGRAM}how-we-know/", f"{PROGRAM}print/", "/comparison/", EXPLAINED,
    f"{PROGRAM}evaluations/{{}}/",
]  # fmt: skip
SPLIT = "North district split in 2024-03: figures before and after are not of the same area."


@pytest.fixture
def program(client):
    """Hill and Dale in the north of a land, Coast in its south."""
    target = TargetFactory(program__slug="hb", program__name="Beginnings")
    land = AreaFactory(name="Land", code="LAND", kind=Area.Kind.COUNTRY)
    for area, *names in (("North", "Hill", "Dale"), ("South", "Coast")):
        district = AreaFactory(name=area, code=area.upper(), parent=land)
        for name in names:
            own = SiteFactory(name=name, code=name.upper(), area=district)
            ParticipationFactory(program=target.program, site=own)
            for month in MONTHS:
                MonthlyReportFactory(site=own, month=month, live_births=100, infant_deaths=9)
    sign_in(client, target.program)
    return target.program


def change(kind="split", month="2024-03", *, area=None, site=None, after=(), **fields):
    own = PlaceChange.objects.create(
        kind=kind,
        month=f"{month}-01",
        area=area and Area.objects.get(code=area),
        site=site and program_site(site),
        **fields,
    )
    own.successors.set(map(program_site, after))
    return own


def program_site(code):
    return SiteFactory._meta.model.objects.get(code=code)


def move(month="2024-03", code="HILL"):
    own = program_site(code)
    before, own.area = own.area, Area.objects.get(code="SOUTH")
    own.save()
    return change("moved", month, site=code, from_area=before, to_area=own.area)


def read(client, page, program):
    """The page, and of the frozen verdict the one that is there."""
    if "{}" in page:
        by = MembershipFactory(program=program, role="manager").user
        page = page.format(
            freeze_evaluation(target=program.targets.get(), by=by, today=date(2025, 7, 15)).pk
        )
    return words(client.get(page))


def read_notes(client, program):
    rows = csv.DictReader(client.get(f"{PROGRAM}summary.csv").getvalue().decode().splitlines())
    return [row["text"] for row in rows if row["section"] == "not the same places throughout"]


# --- Every figure ------------------------------------------------------------------------------


@pytest.mark.parametrize("page", [*OF_THE_PROGRAM, NORTH])
def test_figure_says_that_a_district_split(client, program, page):
    assert "Not the same places" not in read(client, page, program)
    change(area="NORTH")
    assert SPLIT in read(client, page, program)


def test_file_says_that_a_district_split(client, program):
    assert read_notes(client, program) == []
    change(area="NORTH")
    assert read_notes(client, program) == [SPLIT]


def test_portfolio_says_that_places_are_not_the_same(client, program):
    own = change(area="NORTH", month="2025-07")
    sentence = "Not the same places throughout: the program page says what changed, and when."
    assert sentence not in words(client.get("/programs/"))
    PlaceChange.objects.filter(pk=own.pk).update(month=date(2024, 3, 1))
    assert sentence in words(client.get("/programs/"))


@pytest.mark.parametrize("named", [["HILL"], []])
def test_intervention_says_what_parts_the_months_before_and_since(client, program, named):
    own = InterventionFactory(program=program, first_month=date(2024, 1, 1))
    own.sites.set(map(program_site, named))
    page = f"{PROGRAM}interventions/{own.pk}/"
    assert "Not the same places" not in words(client.get(page))
    change(area="NORTH")
    assert SPLIT in words(client.get(page))


def test_figure_of_another_area_or_of_a_site_alone_does_not(client, program):
    change(area="NORTH")
    for page in (SOUTH, "/sites/HILL/", f"{EXPLAINED}?site=HILL"):
        assert "split in 2024-03" not in words(client.get(page))


def test_area_around_says_that_its_sum_goes_on(client, program):
    own = change(area="NORTH")
    own.successor_areas.set(Area.objects.filter(code__in=["NORTH", "SOUTH"]))
    assert (
        "North district split in 2024-03 (since then: North, South): all of it is counted here, "
        "so this sum goes on; the areas' own figures do not." in words(client.get(LAND))
    )


@pytest.mark.parametrize("page", [*OF_THE_PROGRAM, NORTH])
def test_figure_of_all_sites_of_a_split_says_that_the_sum_goes_on(client, program, page):
    change(site="HILL", after=["HILL", "DALE"])
    assert (
        "Hill split in 2024-03 (since then: Dale, Hill): all of them are counted here, so this "
        "sum goes on; the sites' own figures do not." in read(client, page, program)
    )


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("split", "Hill split in 2024-03 (since then: Coast): figures before and after are not of "
         "the same catchment."),
        ("merged", "Hill merged with others in 2024-03 (since then: Coast): figures before and "
         "after are not of the same catchment."),
        ("boundary", "Hill has other boundaries since 2024-03 (since then: Coast): figures before "
         "and after are not of the same catchment."),
        ("other", "Hill is counted in another way since 2024-03 (since then: Coast): figures "
         "before and after are not counted alike."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("page", [NORTH, "/sites/HILL/", f"{EXPLAINED}?site=HILL"])
def test_figure_of_a_part_is_not_of_the_same_catchment(client, program, page, kind, sentence):
    change(kind, site="HILL", after=["COAST"])
    assert sentence in words(client.get(page))


def test_site_that_followed_says_where_it_came_from(client, program):
    change(site="HILL", after=["DALE"])
    assert "Hill split in 2024-03 (since then: Dale): figures" in words(client.get("/sites/DALE/"))


def test_note_stands_behind_the_sentence_and_is_escaped(client, program):
    change(area="NORTH", note="The <b>valley</b> went.")
    assert escape("The <b>valley</b> went.") in client.get(PROGRAM).text
    assert "<b>valley" not in client.get(PROGRAM).text
    assert read_notes(client, program) == [f"{SPLIT} The <b>valley</b> went."]


# --- A site that moved -------------------------------------------------------------------------


@pytest.mark.parametrize("page", [NORTH, SOUTH, LAND, f"{PROGRAM}how-we-know/"])
def test_figures_of_areas_say_that_a_site_moved(client, program, page):
    move()
    assert (
        "Hill moved from North district to South district in 2024-03: all its months are counted "
        "in South district, also those before." in words(client.get(page))
    )


@pytest.mark.parametrize("page", [PROGRAM, "/sites/HILL/", "/comparison/", f"{PROGRAM}print/"])
def test_figure_of_the_same_sites_does_not(client, program, page):
    move()
    assert "moved from" not in words(client.get(page))


# --- Only within the months --------------------------------------------------------------------


@pytest.mark.parametrize("page", [*OF_THE_PROGRAM, NORTH])
@pytest.mark.parametrize(
    ("month", "is_said"),
    [("2023-01", False), ("2023-02", True), ("2025-06", True), ("2025-07", False)],
)
def test_only_a_change_within_the_months_is_said(client, program, page, month, is_said):
    change(area="NORTH", month=month)
    assert (f"North district split in {month}" in read(client, page, program)) is is_said


def test_program_without_a_promise_says_what_parts_its_months(client, program):
    program.targets.all().delete()
    change(area="NORTH")
    for page in (PROGRAM, f"{PROGRAM}print/"):
        assert SPLIT in words(client.get(page))


def test_paper_names_the_latest_and_counts_the_others(client, program):
    for month in range(2, 7):
        change(area="NORTH", month=f"2024-0{month}")
    said = words(client.get(f"{PROGRAM}print/"))
    assert "2 earlier changes: see the program page." in said
    assert [f"split in 2024-0{month}:" in said for month in range(2, 7)] == [0, 0, 1, 1, 1]


# --- What others may not see -------------------------------------------------------------------


@pytest.mark.parametrize("page", OF_THE_PROGRAM)
def test_site_that_one_may_not_see_is_counted_and_not_named(client, program, page):
    limited = MembershipFactory(program=program, sites=[program_site("COAST")])
    change(site="HILL", after=["DALE"])
    client.force_login(limited.user)
    said = read(client, page, program)
    assert "1 other site split, merged or moved that you do not see." in said
    assert "Hill split" not in said


def test_file_counts_a_site_that_one_may_not_see(client, program):
    limited = MembershipFactory(program=program, sites=[program_site("COAST")])
    change(site="HILL", after=["DALE"])
    client.force_login(limited.user)
    assert read_notes(client, program) == [
        "1 other site split, merged or moved that you do not see."
    ]


def test_change_of_another_program_is_not_said(client, program):
    other = ParticipationFactory(site__name="Elsewhere").site
    PlaceChange.objects.create(kind="other", site=other, month=date(2024, 3, 1), note="-")
    for page in (*OF_THE_PROGRAM, NORTH):
        assert "Elsewhere" not in read(client, page, program)


@pytest.mark.parametrize("number", [1, 3])
def test_changes_cost_so_many_queries(client, program, number, django_assert_num_queries):
    for _ in range(number):
        change(area="NORTH").successor_areas.set(Area.objects.filter(code="SOUTH"))
        change(site="HILL", after=["HILL", "DALE"])
    # six without a change; the changes' sites and areas, all areas, and the sites one sees
    with django_assert_num_queries(13):
        client.get("/comparison/")
