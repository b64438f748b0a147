"""What changed about a place, in the admin: recorded, mended, and the move of a site."""

from datetime import date

import pytest

from programs.models import PlaceChange, Site
from tests.admin_pages import as_sent, page, sign_in_staff
from tests.factories import AreaFactory, SiteFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

ADD = page(PlaceChange, "add")
APRIL = date(2022, 4, 1)


def errors(response):
    form = response.context["adminform"].form
    return {name: list(own) for name, own in form.errors.items()}


def record(client, **given):
    return client.post(ADD, {"kind": "split", "month": "2022-04", "note": ""} | given)


@pytest.fixture
def orlis():
    return SiteFactory(name="Orlis", area__name="Kebra")


def change_area(client, site, **given):
    address = page(Site, "change", site.pk)
    sent = as_sent(client.get(address)) | {"area": AreaFactory(name="Halin").pk}
    return client.post(address, sent | given)


def test_a_district_that_split_is_recorded(admin_client, admin_user):
    kebra, halin = AreaFactory(name="Kebra"), AreaFactory(name="Halin")
    given = {"area": kebra.pk, "successor_areas": [kebra.pk, halin.pk]}
    assert record(admin_client, **given).status_code == 302
    change = PlaceChange.objects.get()
    assert str(change) == "Kebra (district): split in 2022-04"
    assert set(change.successor_areas.all()) == {kebra, halin}
    assert {own.history_user for own in change.history.all()} == {admin_user}


@pytest.mark.parametrize(
    ("place", "given", "fault"),
    [
        ("area", {}, {"successor_areas": ["Name the areas that followed it, or say in the note "
         "what became of it."]}),
        ("area", {"kind": "boundary"}, {"note": ["Say what changed, in words for those who read "
         "the figures."]}),
        ("area", {"note": "-", "successors": "site"}, {"successors": ["An area is followed by "
         "areas. Name them below."]}),
        ("site", {}, {"successors": ["Name the sites that followed it."]}),
        ("site", {"kind": "other"}, {"note": ["Say what changed, in words for those who read the "
         "figures."]}),
        ("site", {"successors": "site", "successor_areas": "area"}, {"successor_areas": ["A site "
         "is followed by sites. Name them above."]}),
        ("both", {"kind": "other", "note": "-"}, {"__all__": ["Name the site or the area that "
         "changed, not both."]}),
        ("none", {"kind": "other", "note": "-"}, {"__all__": ["Name the site or the area that "
         "changed, not both."]}),
        ("site", {"kind": "moved"}, {"kind": ["Select a valid choice. moved is not one of the "
         "available choices."]}),
        ("area", {"month": "2022-13", "note": "-"}, {"month": ['"2022-13" is not a month. Write '
         "year-month, such as 2024-01."]}),
    ],
)  # fmt: skip
def test_a_change_that_cannot_be_says_why(admin_client, orlis, place, given, fault):
    keys = {"site": orlis.pk, "area": orlis.area_id}
    places = {name: keys[name] for name in keys if place in (name, "both")}
    named = {name: keys.get(own, own) for name, own in given.items()}
    assert errors(record(admin_client, **places, **named)) == fault
    assert not PlaceChange.objects.exists()


def test_a_change_is_recorded_by_nobody_without_the_right(client, orlis):
    sign_in_staff(client, "view_placechange")
    assert record(client, area=orlis.area_id, note="Halin left it.").status_code == 403
    assert not PlaceChange.objects.exists()


# --- A site that moves --------------------------------------------------------------------


def test_a_site_that_moves_says_when(admin_client, admin_user, orlis):
    kebra = orlis.area
    given = {"moved_in": "2022-04", "moved_note": "A new district."}
    assert change_area(admin_client, orlis, **given).status_code == 302
    change = PlaceChange.objects.get()
    assert (change.kind, change.site, change.month) == ("moved", orlis, APRIL)
    assert (change.from_area, change.to_area.name) == (kebra, "Halin")
    assert change.note == "A new district."
    assert change.history.get().history_user == admin_user
    assert Site.objects.get().area.name == "Halin"


def test_an_area_that_was_entered_wrongly_is_no_move(admin_client, orlis):
    assert change_area(admin_client, orlis, was_wrong="on").status_code == 302
    assert Site.objects.get().area.name == "Halin"
    assert not PlaceChange.objects.exists()


def test_a_site_that_stays_where_it_is_is_not_asked(admin_client, orlis):
    stays = {"area": orlis.area_id, "name": "Orlis Centre"}
    assert change_area(admin_client, orlis, **stays).status_code == 302
    assert Site.objects.get().name == "Orlis Centre"
    assert not PlaceChange.objects.exists()


@pytest.mark.parametrize(
    ("month", "sentence"),
    [
        ("", "Orlis changes its area. Give the first month in the new one, or tick that it was "
         "entered wrongly."),
        ("2026-08", "2026-08 is more than a year ahead. Give a month up to 2026-07."),
        ("2022-04", "Orlis moved in 2022-04 already. Give a later month."),
    ],
)  # fmt: skip
def test_a_move_that_cannot_be_says_why(admin_client, orlis, month, sentence):
    where = {"from_area": AreaFactory(), "to_area": orlis.area}
    PlaceChange.objects.create(kind="moved", site=orlis, month=APRIL, **where)
    response = change_area(admin_client, orlis, moved_in=month)
    assert errors(response) == {"moved_in": [sentence]}
    assert Site.objects.get().area.name == "Kebra"
    assert PlaceChange.objects.count() == 1


def test_a_new_site_and_who_only_looks_are_not_asked_about_a_move(admin_client, client, orlis):
    assert "moved_in" not in admin_client.get(page(Site, "add")).text
    sign_in_staff(client, "view_site")
    assert "moved_in" not in client.get(page(Site, "change", orlis.pk)).text


def test_of_a_move_only_month_and_note_are_mended(admin_client, orlis):
    change = PlaceChange.objects.create(
        kind="moved", site=orlis, month=APRIL, from_area=AreaFactory(), to_area=orlis.area
    )
    sent = {"month": "2022-05", "note": "Later.", "kind": "other", "to_area": AreaFactory().pk}
    address = page(PlaceChange, "change", change.pk)
    assert admin_client.post(address, sent).status_code == 302
    changed = PlaceChange.objects.get()
    assert (changed.month, changed.note) == (date(2022, 5, 1), "Later.")
    assert (changed.kind, changed.to_area) == ("moved", orlis.area)
