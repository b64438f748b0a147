"""A site opens, closes, splits, merges; nothing of the past is rewritten."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from programs.actions import NewSite, close_site, merge_sites, open_site, split_site
from programs.models import Participation, PlaceChange, Site
from tests.factories import (
    AreaFactory,
    InterventionFactory,
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

TODAY = date(2025, 7, 15)
APRIL, MAY, JUNE = (date(2025, month, 1) for month in (4, 5, 6))


def last(month):
    """As if each of the sites had reported this month, and none after it."""
    return lambda sites: dict.fromkeys([own.pk for own in sites], month) if month else {}


@pytest.fixture
def program():
    return ProgramFactory(name="Beginnings")


@pytest.fixture
def manager(program):
    return MembershipFactory(program=program, role="manager").user


@pytest.fixture
def orlis(program):
    site = SiteFactory(name="Orlis", code="OR-1")
    return ParticipationFactory(program=program, site=site, chosen_because_high=True).site


def spells(site):
    return [str(spell) for spell in site.spells.all()]


def parts(site):
    return [
        (own.first_month, own.last_month, own.role) for own in site.participations.order_by("pk")
    ]


def part(name="Orlis North", code="OR-2", **fields):
    return NewSite(name=name, code=code, kind="health_centre", area=AreaFactory(), **fields)


def split(site, by, *new, goes_on=True, **said):
    said = {"month": JUNE, "note": "A post was built.", "last_reported": last(None)} | said
    new = new or (part(),)
    return split_site(site=site, parts=new, goes_on=goes_on, by=by, today=TODAY, **said)


def merge(sites, by, *, into=None, **said):
    said = {"month": JUNE, "note": "One roof.", "last_reported": last(None)} | said
    return merge_sites(sites=sites, into=into or sites[0], by=by, today=TODAY, **said)


def refusal_of(act, *args, **kwargs):
    with pytest.raises(ValidationError) as refusal:
        act(*args, **kwargs)
    return refusal.value.messages


# --- Open and closed ---------------------------------------------------------------------------


def test_site_closes_and_opens_again(orlis, manager):
    close_site(site=orlis, last_month=APRIL, last_reported=last(APRIL), by=manager, today=TODAY)
    open_site(site=orlis, month=JUNE, by=manager, today=TODAY)
    assert spells(orlis) == ["2020-01 to 2025-04", "from 2025-06"]
    assert parts(orlis) == [(date(2023, 1, 1), None, "program")]
    records = [
        record
        for spell in orlis.spells.all()
        for record in spell.history.filter(history_user=manager)
    ]
    assert [own.history_change_reason for own in records] == ["close", "reopen"]


def test_site_that_was_never_open_opens(program, manager):
    site = ParticipationFactory(program=program, site__spells=[]).site
    open_site(site=site, month=JUNE, by=manager, today=TODAY)
    assert spells(site) == ["from 2025-06"]


@pytest.mark.parametrize(
    ("month", "last_reported", "sentence"),
    [
        (APRIL, MAY, "Orlis has reported 2025-05, so it was open then. Its last month cannot be "
         "2025-04."),
        (date(2019, 12, 1), None, "Orlis is open since 2020-01. Its last month cannot be 2019-12."),
        (date(2026, 8, 1), None, "2026-08 is more than a year ahead. Give a month up to 2026-07."),
    ],
)  # fmt: skip
def test_site_does_not_close_in_a_month_that_cannot_be(
    orlis, manager, month, last_reported, sentence
):
    said = {"last_month": month, "last_reported": last(last_reported)}
    assert refusal_of(close_site, site=orlis, by=manager, today=TODAY, **said) == [sentence]
    assert spells(orlis) == ["from 2020-01"]


def test_open_site_does_not_open_and_closed_one_does_not_close(orlis, manager):
    who = {"by": manager, "today": TODAY}
    assert refusal_of(open_site, site=orlis, month=JUNE, **who) == [
        "Orlis is open. Close it before it opens again."
    ]
    close_site(site=orlis, last_month=MAY, last_reported=last(None), **who)
    assert refusal_of(open_site, site=orlis, month=MAY, **who) == [
        "Orlis was open until 2025-05. Give a later month."
    ]
    again = {"last_month": JUNE, "last_reported": last(None)}
    assert refusal_of(close_site, site=orlis, **again, **who) == ["Orlis is not open."]


# --- Split -------------------------------------------------------------------------------------


def test_site_that_goes_on_beside_a_new_one(program, orlis, manager):
    change = split(orlis, manager)
    north = Site.objects.get(code="OR-2")
    assert (spells(orlis), spells(north)) == (["from 2020-01"], ["from 2025-06"])
    assert parts(orlis) == [(date(2023, 1, 1), None, "program")]
    assert parts(north) == [(JUNE, None, "program")]
    assert north.participations.get().chosen_because_high
    assert (change.kind, change.site, change.month) == ("split", orlis, JUNE)
    assert set(change.successors.all()) == {orlis, north}
    assert change.note == "A post was built."


def test_site_that_ends_in_a_split_leaves_its_programs(program, orlis, manager):
    other = ParticipationFactory(site=orlis, role="comparison", first_month=date(2024, 1, 1))
    over = ParticipationFactory(site=orlis, last_month=date(2024, 12, 1))
    for own in (other, over):
        MembershipFactory(program=own.program, user=manager, role="manager")
    change = split(orlis, manager, part(), part("Orlis South", "OR-3"), goes_on=False)
    assert spells(orlis) == ["2020-01 to 2025-05"]
    assert [last for _, last, _ in parts(orlis)] == [MAY, MAY, date(2024, 12, 1)]
    south = Site.objects.get(code="OR-3")
    assert parts(south) == [(JUNE, None, "program"), (JUNE, None, "comparison")]
    assert other.program.sites.count() == 3
    assert {site.code for site in change.successors.all()} == {"OR-2", "OR-3"}


def test_split_is_in_every_history(orlis, manager):
    split(orlis, manager, part(), part("Orlis South", "OR-3"), goes_on=False)
    change, south = PlaceChange.objects.get(), Site.objects.get(code="OR-3")
    rows = [change, south, south.spells.get(), south.participations.get(), orlis.spells.get()]
    latest = [row.history.first() for row in [*rows, orlis.participations.get()]]
    assert {record.history_user for record in latest} == {manager}
    assert {record.history_change_reason for record in latest} == {"split"}
    assert change.history.count() == 1


def test_people_and_interventions_of_a_split_site_get_the_new_one(program, orlis, manager):
    reporter = MembershipFactory(program=program, role="reporter", sites=[orlis])
    elsewhere = MembershipFactory(program=program, role="reporter", sites=[SiteFactory()])
    going, over = InterventionFactory.create_batch(2, program=program)
    for own in (going, over):
        own.sites.set([orlis])
    over.last_month = MAY
    over.save()
    split(orlis, manager)
    codes = [[site.code for site in own.sites.all()] for own in (reporter, going, over)]
    assert codes == [["OR-1", "OR-2"], ["OR-1", "OR-2"], ["OR-1"]]
    assert elsewhere.sites.count() == 1
    assert reporter.history.first().history_change_reason == "split"


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"note": " "}, "Say what changed, in words for those who read the figures."),
        (
            {"goes_on": False},
            "Name two new sites at least, or let the old one go on beside one.",
        ),
        (
            {"month": date(2020, 1, 1)},
            "Orlis is not open in 2019-12, the month before. Give another month, or say first "
            "when it is open.",
        ),
    ],
)
def test_split_that_cannot_be_says_why(orlis, manager, said, sentence):
    assert refusal_of(split, orlis, manager, **said) == [sentence]
    assert Site.objects.count() == 1


def test_split_does_not_end_before_what_was_reported(orlis, manager):
    two = (part(), part("Orlis South", "OR-3"))
    assert refusal_of(split, orlis, manager, *two, goes_on=False, last_reported=last(JUNE)) == [
        "Orlis has reported 2025-06, so it was open then. Its last month cannot be 2025-05."
    ]
    assert not PlaceChange.objects.exists()
    split(orlis, manager, last_reported=last(JUNE))  # going on, it may have reported under its code


def test_split_does_not_end_what_has_not_begun(orlis, manager):
    later = ParticipationFactory(site=orlis, program__name="Later", first_month=date(2025, 7, 1))
    MembershipFactory(program=later.program, user=manager, role="manager")
    two = (part(), part("Orlis South", "OR-3"))
    assert refusal_of(split, orlis, manager, *two, goes_on=False) == [
        "Orlis takes part in Later only from 2025-07. Give a later month, or change that first."
    ]
    assert Participation.objects.count() == 2


@pytest.mark.parametrize(
    ("codes", "sentence"),
    [
        (["OR-1"], "Site with this Code already exists."),
        (["OR-2", "OR-2"], "Site with this Code already exists."),
        (
            ["OR 2"],
            "A code holds letters, digits, dots, hyphens and underscores, and begins with a "
            "letter or digit, such as NB-014.",
        ),
    ],
)
def test_split_needs_codes_of_its_own(orlis, manager, codes, sentence):
    new = [part(f"New {number}", code) for number, code in enumerate(codes)]
    assert refusal_of(split, orlis, manager, *new) == [sentence]
    assert Site.objects.count() == 1


# --- Merge -------------------------------------------------------------------------------------


def test_sites_merge_into_one_of_them(program, orlis, manager):
    kebra = ParticipationFactory(program=program, site__name="Kebra").site
    reporter = MembershipFactory(program=program, role="reporter", sites=[kebra])
    [change] = merge([orlis, kebra], manager)
    assert (spells(orlis), spells(kebra)) == (["from 2020-01"], ["2020-01 to 2025-05"])
    assert parts(orlis) == [(date(2023, 1, 1), None, "program")]
    assert parts(kebra) == [(date(2023, 1, 1), MAY, "program")]
    assert set(reporter.sites.all()) == {orlis, kebra}
    assert (change.kind, change.site) == ("merged", kebra)
    assert list(change.successors.all()) == [orlis]


def test_sites_merge_into_a_new_one(program, orlis, manager):
    kebra = ParticipationFactory(program=program, role="comparison").site
    changes = merge([orlis, kebra], manager, into=part("Union", "UN-1"))
    union = Site.objects.get(code="UN-1")
    assert [spells(own) for own in (orlis, kebra)] == [["2020-01 to 2025-05"]] * 2
    assert spells(union) == ["from 2025-06"]
    assert parts(union) == [(JUNE, None, "program")]
    assert {change.site for change in changes} == {orlis, kebra}
    assert all(list(change.successors.all()) == [union] for change in changes)


def test_heir_takes_part_wherever_the_others_did(program, orlis, manager):
    kebra = ParticipationFactory(program=program).site
    other = ParticipationFactory(site=kebra, last_month=date(2026, 1, 1)).program
    MembershipFactory(program=other, user=manager, role="manager")
    merge([orlis, kebra], manager)
    own = other.participations.get(site=orlis)
    assert (own.first_month, own.last_month) == (JUNE, date(2026, 1, 1))


def test_heir_that_left_a_program_of_the_others_is_refused(program, orlis, manager):
    kebra = ParticipationFactory(program=program).site
    orlis.participations.update(last_month=APRIL)
    assert refusal_of(merge, [orlis, kebra], manager) == [
        "Orlis left Beginnings in 2025-04, and the others take part in it. Change that "
        "participation first."
    ]
    assert spells(kebra) == ["from 2020-01"]


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"note": ""}, "Say what changed, in words for those who read the figures."),
        ({"sites": 1}, "Name two sites at least that become one."),
    ],
)
def test_merger_that_cannot_be_says_why(program, orlis, manager, said, sentence):
    kebra = ParticipationFactory(program=program).site
    sites = [orlis, kebra][: said.pop("sites", 2)]
    assert refusal_of(merge, sites, manager, **said) == [sentence]
    assert not PlaceChange.objects.exists()


def test_merger_does_not_end_before_what_was_reported(program, orlis, manager):
    kebra = ParticipationFactory(program=program, site__name="Kebra").site
    said = {"last_reported": last(JUNE)}
    assert refusal_of(merge, [orlis, kebra], manager, **said) == [
        "Kebra has reported 2025-06, so it was open then. Its last month cannot be 2025-05."
    ]


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["viewer", "reporter", "limited manager", "stranger"])
def test_only_managers_of_all_sites_say_what_becomes_of_a_site(program, orlis, kind):
    limits = {"sites": [orlis]} if kind == "limited manager" else {}
    if kind == "stranger":
        person = MembershipFactory(role="manager", user=UserFactory(is_superuser=True)).user
    else:
        role = kind.split()[-1]
        person = MembershipFactory(program=program, role=role, **limits).user
    who = {"by": person, "today": TODAY}
    for act in (
        lambda: close_site(site=orlis, last_month=MAY, last_reported=last(None), **who),
        lambda: open_site(site=orlis, month=MAY, **who),
        lambda: split(orlis, person),
        lambda: merge([orlis, orlis], person),
    ):
        with pytest.raises(PermissionDenied, match="Only who manages all sites of every program"):
            act()


def test_manager_of_one_program_asks_who_manages_all_of_them(program, orlis, manager):
    other = ParticipationFactory(site=orlis).program
    who = {
        "site": orlis,
        "last_month": MAY,
        "last_reported": last(None),
        "by": manager,
        "today": TODAY,
    }
    sentence = "Only who manages all sites of every program of Orlis may do this. Ask {}."
    with pytest.raises(PermissionDenied, match=sentence.format("an admin")):
        close_site(**who)
    amara = UserFactory(first_name="Amara", last_name="Velt")
    for own in (program, other):
        MembershipFactory(program=own, user=amara, role="manager")
    with pytest.raises(PermissionDenied, match=sentence.format("Amara Velt")):
        close_site(**who)
    close_site(**who | {"by": amara})


def test_every_site_of_a_merger_must_be_ones_own(orlis, manager):
    with pytest.raises(PermissionDenied, match="every program of Elsewhere may do this"):
        merge([orlis, ParticipationFactory(site__name="Elsewhere").site], manager)
    assert spells(orlis) == ["from 2020-01"]
