"""Sites of one name, told apart by a column of the area around them."""

import pytest

from metrics.imports.notices import NoticeKind
from tests.factories import AreaFactory, ParticipationFactory
from tests.metrics.imports.bringing_in import check, faults, look
from tests.metrics.imports.test_shapes import guess

pytestmark = pytest.mark.django_db

HEADER = "Facility,District,month,live_births"
TEXT = f"{HEADER}\nSt Mary,Kirel,2024-01,41\nSt Mary,Dorma,2024-01,7\n"
MAPPED = {"site_name": "Facility", "area_name": "District"}


@pytest.fixture
def areas(program):
    """Two sites named St Mary, in districts of two regions."""
    made = {}
    for code, district, region in (("M1", "Kirel", "East"), ("M2", "Dorma", "West")):
        above = AreaFactory(name=region, code=region.upper(), kind="region")
        area = made[district] = AreaFactory(name=district, code=f"D-{code}", parent=above)
        ParticipationFactory(
            program=program, site__code=code, site__name="St Mary", site__area=area
        )
    return made


def births(program, text, mapping=None):
    return [
        (code, own["live_births"])
        for code, _, own, _ in look(program, text, MAPPED if mapping is None else mapping)[1]
    ]


@pytest.mark.parametrize(
    ("kirel", "dorma"),
    [("Kirel", "Dorma"), ("KIREL", "dorma "), ("D-M1", "d-m2"), ("East", "WEST"),
     ("Kirel District", "District of Dorma"), ("Kírel", "Dorma")],
)  # fmt: skip
def test_sites_of_one_name_are_told_apart_by_any_area_around_them(program, areas, kirel, dorma):
    text = TEXT.replace("Kirel", kirel).replace("Dorma", dorma)
    assert births(program, text) == [("M1", 41), ("M2", 7)]


def test_name_of_several_sites_is_refused_and_says_what_would_tell_them_apart(program, areas):
    assert faults(program, TEXT, {"site_name": "Facility"})[0] == (
        'row 2, site_name: "St Mary" stands for several sites of Healthy Beginnings: M1 (Kirel), '
        "M2 (Dorma). Write their codes, or say which column holds the area they lie in."
    )


def test_area_that_holds_none_of_them_is_said(program, areas):
    assert faults(program, TEXT.replace("Kirel", "Anta"), MAPPED) == [
        'row 2, site_name: "St Mary" stands for several sites of Healthy Beginnings: M1 (Kirel), '
        'M2 (Dorma), and "Anta" does not tell which. Correct the area, or write their codes.'
    ]


def test_area_that_holds_several_of_them_tells_none(program, areas):
    ParticipationFactory(
        program=program, site__code="M3", site__name="St Mary", site__area=areas["Kirel"]
    )
    assert births(program, TEXT) == [("M2", 7)]


def test_code_stays_first_whatever_the_area_says(program, areas):
    text = "Code,Facility,District,month,live_births\nM1,St Mary,Dorma,2024-01,41\n"
    text += ",St Mary,Dorma,2024-02,7\n"
    assert births(program, text, MAPPED | {"site_code": "Code"}) == [("M1", 41), ("M2", 7)]


def test_site_of_its_own_name_needs_no_area(program, areas):
    text = f"{HEADER}\nNorth,,2024-01,41\nNorth,nowhere,2024-02,42\n"
    assert births(program, text) == [("A", 41), ("A", 42)]


def test_site_that_the_file_puts_into_another_of_our_areas_is_said(program, areas):
    """Perhaps it is another site of that name, which takes no part in the program."""
    ParticipationFactory(
        program=program, site__code="K", site__name="St Anne", site__area=areas["Kirel"]
    )
    text = f"{HEADER}\nSt Anne,Dorma,2024-01,41\n"
    found = check(program, text, MAPPED)
    [notice] = [own for own in found.notices if own.kind == NoticeKind.AREAS]
    assert (notice.is_serious, notice.text) == (
        True,
        "The file puts St Anne (K) into Dorma, but it lies in Kirel. If it is another site of that "
        "name, write codes or take its rows out.",
    )
    right = check(program, text.replace("Dorma", "Kirel"), MAPPED)
    assert NoticeKind.AREAS not in {own.kind for own in right.notices}


def test_name_that_was_said_to_be_a_site_is_it_where_the_area_does_not_tell(program, areas):
    said = MAPPED | {"site St Mary": "M1"}
    assert births(program, TEXT.replace("Kirel", "Anta"), said) == [("M1", 41), ("M2", 7)]


def test_only_names_that_no_area_tells_are_asked_about(program, areas):
    assert check(program, TEXT, MAPPED).unknown_sites == []
    text = TEXT.replace("2024-01,41", "soon,41")
    found = check(program, text, MAPPED)
    assert (len(found.faults), found.faults[0].fault.field) == (1, "month")
    assert found.unknown_sites == []
    [unknown] = check(program, TEXT, {"site_name": "Facility"}).unknown_sites
    assert [code for code, _ in unknown.nearest][:2] == ["M1", "M2"]


def test_area_is_taken_from_above_where_its_cells_were_merged(program, areas):
    text = f"{HEADER}\nSt Mary,Kirel,2024-01,41\nSt Mary,,2024-02,42\nSt Mary,,2024-03,43\n"
    [notice] = [own for own in check(program, text, MAPPED).notices if own.kind == NoticeKind.GAPS]
    [lines] = notice.offers.values()
    assert lines == {"above": "area"}
    assert births(program, text, MAPPED | lines) == [("M1", 41), ("M1", 42), ("M1", 43)]


def test_areas_are_read_once_however_many_rows_ask(program, areas, django_assert_max_num_queries):
    rows = "".join(f"St Mary,Kirel,2024-{month:02},41\n" for month in range(1, 13))
    with django_assert_max_num_queries(12):
        assert len(births(program, f"{HEADER}\n{rows}")) == 12


@pytest.mark.parametrize(
    ("headings", "mapping"),
    [
        ("District,Facility", {"site_name": "Facility", "area_name": "District"}),
        ("Facility,Region", {"site_name": "Facility", "area_name": "Region"}),
        ("Region,District", {"site_name": "District", "area_name": "Region"}),
        ("Region,District,Facility", {"site_name": "Facility", "area_name": "District"}),
        ("District,Region", {"site_name": "District", "area_name": "Region"}),
        ("District,Other", {"site_name": "District"}),
    ],
)
def test_area_is_guessed_beside_a_smaller_place(headings, mapping):
    text = f"{headings},month,live_births\n{'x,' * headings.count(',')}x,2024-01,4\n"
    assert guess(text) == mapping | {"month": "month", "live_births": "live_births"}
