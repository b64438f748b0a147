from datetime import date

import pytest
from django.db import IntegrityError

from programs.models import (
    Intervention,
    InterventionOutput,
    Lever,
    Membership,
    OperationSpell,
    Participation,
    Site,
)
from programs.periods import Period
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
)
from tests.programs.refusals import refused, refused_by_both

pytestmark = pytest.mark.django_db

JAN, JULY = date(2024, 1, 1), date(2024, 7, 1)


# --- Areas and sites -----------------------------------------------------------------------------


def test_area_cannot_lie_in_itself():
    area = AreaFactory(name="North")
    area.parent = area
    assert refused(area) == ["North (district) lies in North. Choose a parent outside it."]
    with pytest.raises(IntegrityError):
        area.save()


def test_area_cannot_lie_in_one_of_its_own():
    country = AreaFactory(name="Land", kind="country")
    region = AreaFactory(name="North", kind="region", parent=country)
    country.parent = AreaFactory(name="Hill", parent=region)
    assert refused(country) == ["Hill (district) lies in Land. Choose a parent outside it."]


def test_area_may_move_elsewhere():
    region, other = AreaFactory(), AreaFactory()
    district = AreaFactory(parent=region)
    district.parent = other
    district.full_clean()


def unsaved_site(**fields):
    return Site(
        **{"name": "Post", "code": "P-1", "area": AreaFactory(), "kind": "hospital"} | fields
    )


@pytest.mark.parametrize("code", ["", "-a", "a b", "a/b", "ä"])
def test_code_that_would_not_survive_an_address_or_a_file_is_refused(code):
    assert len(refused(unsaved_site(code=code))) == 1


@pytest.mark.parametrize("code", ["NB-014", "1", "a.b_c-d"])
def test_code_of_letters_digits_and_signs_is_taken(code):
    unsaved_site(code=code).full_clean()


@pytest.mark.parametrize(
    "place",
    [
        {"latitude": 1},
        {"longitude": 1},
        {"latitude": 91, "longitude": 0},
        {"latitude": 0, "longitude": 181},
    ],
)
def test_site_has_both_coordinates_or_none(place):
    assert refused_by_both(unsaved_site(**place)) == [
        "Give both latitude (-90 to 90) and longitude (-180 to 180), or neither."
    ]


def test_site_code_is_taken_once():
    SiteFactory(code="NB-1")
    assert refused(unsaved_site(code="NB-1")) == ["Site with this Code already exists."]
    with pytest.raises(IntegrityError):
        unsaved_site(code="NB-1").save()


def spell(site, first, last=None):
    return OperationSpell(site=site, first_month=first, last_month=last)


def test_spell_that_ends_before_it_begins_is_refused_with_its_sentence():
    assert refused(spell(SiteFactory(spells=[]), JULY, JAN)) == [
        "A spell cannot end before it begins."
    ]


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2024, 6, 1), None), (date(2020, 1, 1), JAN), (date(2024, 2, 1), date(2024, 3, 1))],
)
def test_spells_of_a_site_do_not_overlap(first, last):
    site = SiteFactory(spells=[(JAN, date(2024, 6, 1))])
    assert refused(spell(site, first, last)) == [
        "This spell overlaps the one 2024-01 to 2024-06. Spells of one site may not overlap; "
        "change one of them."
    ]


def test_spells_may_follow_each_other():
    site = SiteFactory(spells=[(JAN, date(2024, 6, 1))])
    spell(site, JULY).full_clean()
    site.spells.get().full_clean()


def test_site_has_one_open_spell():
    site = SiteFactory(spells=[(JAN, None)])
    assert refused_by_both(spell(site, JULY)) == [
        "This site has an open spell already. Give that one its last month first."
    ]


def test_operation_is_every_spell_to_the_end_of_time():
    site = SiteFactory(spells=[(JAN, JAN), (JULY, None)])
    assert site.operation == [Period(JAN, JAN), Period(JULY, date(9999, 12, 1))]
    assert [str(own) for own in site.spells.all()] == ["2024-01 to 2024-01", "from 2024-07"]
    assert SiteFactory(spells=[]).operation == []


# --- Programs, participations, interventions -----------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"planned_end_month": date(2023, 12, 1)}, "The planned end lies before the start month."),
        ({"band_low": 10, "band_high": 10}, "“Excellent below” must be lower than “crisis above”."),
        (
            {"report_due_day": 29},
            "The due day must be 1 to 28, which every month has.",
        ),
        ({"report_due_day": 0}, "The due day must be 1 to 28, which every month has."),
    ],
)
def test_program_that_cannot_be_is_refused(fields, sentence):
    program = ProgramFactory.build(**fields)
    assert refused_by_both(program) == [sentence]


def test_site_takes_part_in_a_program_once():
    part = ParticipationFactory()
    again = Participation(program=part.program, site=part.site, first_month=JULY)
    assert refused_by_both(again) == [
        "This site takes part in this program already. Change that participation."
    ]


def test_participation_ends_after_it_begins():
    part = Participation(
        program=ProgramFactory(), site=SiteFactory(), first_month=JULY, last_month=JAN
    )
    assert refused_by_both(part) == ["A participation cannot end before it begins."]


def test_participation_without_an_end_goes_on():
    part = ParticipationFactory(first_month=JAN)
    assert part.period == Period(JAN, date(9999, 12, 1))
    part.last_month = JULY
    assert part.period == Period(JAN, JULY)
    assert str(part).endswith("from 2024-01 to 2024-07")


def test_intervention_ends_after_it_begins():
    own = Intervention(
        program=ProgramFactory(), name="x", lever=Lever.CARE, first_month=JULY, last_month=JAN
    )
    assert refused_by_both(own) == ["An intervention cannot end before it begins."]


def test_output_is_recorded_once_a_month_and_not_before_the_beginning():
    own = InterventionFactory(first_month=JAN)
    InterventionOutput.objects.create(intervention=own, month=JULY)
    again = InterventionOutput(intervention=own, month=JULY)
    assert refused_by_both(again) == ["This month's output is recorded already. Change that row."]
    early = InterventionOutput(intervention=own, month=date(2023, 12, 1))
    assert refused(early) == [
        "2023-12 lies before the intervention began (2024-01). Change one of the two."
    ]


def test_intervention_of_no_site_is_at_all_sites():
    here, there = SiteFactory(), SiteFactory()
    named, everywhere = InterventionFactory(), InterventionFactory()
    named.sites.set([here, SiteFactory()])
    assert set(Intervention.objects.at_site(here)) == {named, everywhere}
    assert set(Intervention.objects.at_site(there)) == {everywhere}


def test_somebody_is_a_member_of_a_program_once():
    member = MembershipFactory()
    again = Membership(program=member.program, user=member.user)
    assert refused_by_both(again) == [
        "This user is a member of this program already. Change that membership."
    ]
