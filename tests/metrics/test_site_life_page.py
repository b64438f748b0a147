"""The page of what becomes of a site."""

from datetime import date

import pytest

from metrics.approvals import MoveRefusedError, submit_report
from metrics.models import MonthlyReport
from programs.actions import hold_sites
from programs.models import PlaceChange, Site
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    UserFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LIFE = "/sites/OR-1/life/"
JUNE = date(2025, 6, 1)


@pytest.fixture
def program():
    return ProgramFactory(name="Beginnings")


@pytest.fixture
def orlis(program):
    site = SiteFactory(name="Orlis", code="OR-1")
    return ParticipationFactory(program=program, site=site).site


@pytest.fixture
def manager(client, program):
    user = MembershipFactory(program=program, role="manager").user
    client.force_login(user)
    return user


def send(client, act, **typed):
    return client.post(LIFE, {"act": act} | {f"{act}-{name}": own for name, own in typed.items()})


def new_site(act, orlis, number=1, **typed):
    """The boxes of a new site, as the browser sends them."""
    boxes = {"name": "", "code": "", "kind": orlis.kind, "area": orlis.area_id} | typed
    return {f"{act}-{number}-{name}": own for name, own in boxes.items()}


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_life_of_a_site_does_not_exist_for_a_stranger(client, orlis, extra):
    user = UserFactory(**extra)
    MembershipFactory(user=user, role="manager")
    client.force_login(user)
    assert client.get(LIFE).status_code == 404
    assert send(client, "close", month="2025-06").status_code == 404


@pytest.mark.parametrize("kind", ["viewer", "reporter", "limited manager"])
def test_others_are_told_who_decides(client, program, orlis, kind):
    limits = {"sites": [orlis]} if kind == "limited manager" else {}
    member = MembershipFactory(program=program, role=kind.split()[-1], **limits)
    client.force_login(member.user)
    for response in (client.get(LIFE), send(client, "close", month="2025-06")):
        assert response.status_code == 403
        assert "Only who manages all sites of every program of Orlis may do this." in response.text
    assert orlis.spells.get().last_month is None


def test_site_page_leads_managers_to_it(client, program, orlis, manager):
    assert LIFE in client.get("/sites/OR-1/").text
    client.force_login(MembershipFactory(program=program, role="viewer").user)
    assert LIFE not in client.get("/sites/OR-1/").text


def test_site_is_closed_and_opened_again(client, orlis, manager):
    response = send(client, "close", month="2025-04")
    assert (response.status_code, response.url) == (302, LIFE)
    text = words(client.get(LIFE))
    assert "Orlis was open 2020-01 to 2025-04. Nothing is expected of it after that." in text
    assert "Close it" not in text
    assert send(client, "open", month="2025-06").status_code == 302
    text = words(client.get(LIFE))
    assert "Orlis is open from 2025-06." in text
    assert "2020-01 to 2025-04 2025-06 until today" in text


def test_closing_before_what_was_reported_is_refused(client, orlis, manager):
    MonthlyReportFactory(site=orlis, month=JUNE)
    response = send(client, "close", month="2025-05")
    sentence = "Orlis has reported 2025-06, so it was open then. Its last month cannot be 2025-05."
    assert response.status_code == 422
    assert sentence in response.text
    assert orlis.spells.get().last_month is None


def test_draft_does_not_keep_a_site_open(client, orlis, manager):
    MonthlyReportFactory(site=orlis, month=JUNE, status="draft")
    assert send(client, "close", month="2025-05").status_code == 302


def test_site_is_split(client, orlis, manager):
    typed = new_site("split", orlis, name="Orlis North", code="OR-2")
    typed |= {"split-month": "2025-06", "split-goes_on": "on", "split-note": "A post was built."}
    response = client.post(LIFE, {"act": "split"} | typed | new_site("split", orlis, 2))
    assert (response.status_code, response.url) == (302, LIFE)
    assert Site.objects.get(code="OR-2").participations.get().first_month == JUNE
    text = words(client.get(LIFE))
    assert "Orlis (OR-1): split in 2025-06 Since then: Orlis, Orlis North A post was built." in text


@pytest.mark.parametrize(
    ("row", "box", "sentence"),
    [
        ({"name": "Orlis North"}, "code", "This field is required."),
        ({"code": "OR-2"}, "name", "This field is required."),
        ({"name": "North", "code": "OR-1"}, "code", "Site with this Code already exists."),
    ],
)
def test_new_site_that_cannot_be_says_why(client, orlis, manager, row, box, sentence):
    typed = {"split-month": "2025-06", "split-goes_on": "on", "split-note": "A post was built."}
    typed |= new_site("split", orlis, **row)
    response = client.post(LIFE, {"act": "split"} | typed)
    assert response.status_code == 422
    assert response.context["sent"].new_sites[0].errors == {box: [sentence]}
    assert Site.objects.count() == 1


def test_split_without_a_new_site_is_refused(client, orlis, manager):
    response = send(client, "split", month="2025-06", goes_on="on", note="A post was built.")
    assert response.status_code == 422
    assert "Name two new sites at least, or let the old one go on beside one." in response.text


def test_sites_are_merged(client, program, orlis, manager):
    kebra = ParticipationFactory(program=program, site__name="Kebra", site__code="KE-1").site
    given = {"month": "2025-06", "others": kebra.pk, "into": "this", "note": "One roof."}
    assert send(client, "merge", **given).status_code == 302
    text = words(client.get("/sites/KE-1/life/"))
    assert "Kebra (KE-1): merged in 2025-06 Since then: Orlis One roof." in text
    assert "2020-01 to 2025-05" in text


def test_sites_are_merged_into_a_new_one(client, program, orlis, manager):
    kebra = ParticipationFactory(program=program).site
    given = {"month": "2025-06", "others": kebra.pk, "into": "new", "note": "One roof."}
    assert "Name the new site below." in send(client, "merge", **given).text
    typed = {f"merge-{name}": own for name, own in given.items()}
    typed |= new_site("merge", orlis, name="Union", code="UN-1")
    assert client.post(LIFE, {"act": "merge"} | typed).status_code == 302
    assert Site.objects.get(code="UN-1").preceded_by.count() == 2


def test_sites_of_others_are_not_offered_for_a_merger(client, orlis, manager):
    other = ParticipationFactory(site__name="Elsewhere").site
    given = {"month": "2025-06", "others": other.pk, "into": "this", "note": "One roof."}
    response = send(client, "merge", **given)
    assert response.status_code == 422
    assert "Elsewhere" not in client.get(LIFE).text
    assert not PlaceChange.objects.exists()


@pytest.mark.parametrize("act", ["", "open", "explode"])
def test_act_that_is_not_possible_now_changes_nothing(client, orlis, manager, act):
    response = send(client, act, month="2025-06")
    assert response.status_code == 422
    assert "This cannot be done with the site as it is now." in response.text


@pytest.mark.parametrize("number", [1, 3])
def test_life_takes_so_many_queries(
    client, program, orlis, manager, number, django_assert_num_queries
):
    orlis.spells.update(last_month=date(2021, 1, 1))
    for own in range(number):
        ParticipationFactory(program=program)
        orlis.spells.create(first_month=date(2022 + own, 1, 1), last_month=date(2022 + own, 6, 1))
        PlaceChange.objects.create(kind="other", site=orlis, month=JUNE).successors.add(orlis)
    orlis.spells.create(first_month=JUNE)
    with django_assert_num_queries(13):
        client.get(LIFE)


# --- Meeting a report --------------------------------------------------------------------------


def test_report_that_comes_in_before_the_site_is_held_keeps_it_open(
    client, orlis, manager, monkeypatch
):
    """It comes while the page is being answered, after its forms were made."""

    def hold_late(keys):
        MonthlyReportFactory(site=orlis, month=JUNE)
        return hold_sites(keys)

    monkeypatch.setattr("programs.actions.site_life.hold_sites", hold_late)
    response = send(client, "close", month="2025-05")
    assert response.status_code == 422
    assert "Orlis has reported 2025-06, so it was open then." in response.text
    assert orlis.spells.get().last_month is None


def test_report_of_a_site_closed_since_it_was_typed_is_refused(orlis):
    orlis.spells.update(last_month=date(2025, 5, 1))
    counts = {"live_births": 40, "infant_deaths": 1}
    with pytest.raises(MoveRefusedError) as refusal:
        submit_report(site=orlis, month=JUNE, counts=counts, seen_version=0, by=None)
    assert refusal.value.messages == [
        "Orlis was not open in 2025-06: somebody has changed when it was. Ask a manager; nothing "
        "was stored."
    ]
    assert not MonthlyReport.objects.exists()
