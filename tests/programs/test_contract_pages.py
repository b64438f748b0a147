from datetime import date
from decimal import Decimal

import pytest

from programs.actions import lock_target
from programs.forms import markers
from programs.models import Measure, Target
from tests.factories import (
    MembershipFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.test_pages import words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

LEVEL_OR_FALL = "Give either a reduction in percent or a level, not both."


@pytest.fixture
def program():
    return ProgramFactory(slug="own")


@pytest.fixture
def manager(client, program):
    membership = MembershipFactory(program=program, role="manager", user__username="amina")
    client.force_login(membership.user)
    return membership.user


def seen(target):
    return markers(target.program)[target.pk]


def send(client, *, target=None, measure="infant", **typed):
    """Send the form as it is shown, with what is typed."""
    address = f"/programs/own/contract/new/?measure={measure}"
    typed = {"seen": seen(target) if target else 0} | typed
    return client.post(address, typed)


def locked(program, by, **fields):
    return lock_target(target=TargetFactory(program=program, **fields), by=by)


# --- Who may ---------------------------------------------------------------------------------


@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_contract_does_not_exist_for_a_stranger(client, program, extra):
    target, user = TargetFactory(program=program), UserFactory(**extra)
    MembershipFactory(user=user, role="manager")
    client.force_login(user)
    assert client.get("/programs/own/contract/").status_code == 404
    assert client.get("/programs/own/contract/new/").status_code == 404
    assert client.post(f"/programs/own/contract/{target.pk}/lock/").status_code == 404
    assert send(client, target=target, reduction_percent=20).status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/programs/x/contract/", "/programs/x/contract/new/", "/programs/x/contract/1/lock/"],
)
def test_signed_out_person_is_led_to_sign_in(client, address):
    response = client.post(address) if "lock" in address else client.get(address)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={address}")


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_others_read_the_contract_but_do_not_write_it(client, program, role):
    target = TargetFactory(program=program)
    client.force_login(MembershipFactory(program=program, role=role).user)
    shown = client.get("/programs/own/contract/")
    assert "30 % lower" in words(shown)
    assert "contract/new/" not in shown.text
    for refused in (
        client.get("/programs/own/contract/new/"),
        send(client, target=target, reduction_percent=20),
        client.post(f"/programs/own/contract/{target.pk}/lock/", {"seen": seen(target)}),
    ):
        assert refused.status_code == 403
        assert f"Only a manager of all sites of {program} may do this." in refused.text


def test_manager_of_some_sites_does_not_write_the_contract(client, program):
    site = ParticipationFactory(program=program, site=SiteFactory()).site
    client.force_login(MembershipFactory(program=program, role="manager", sites=[site]).user)
    assert client.get("/programs/own/contract/").status_code == 200
    assert send(client, reduction_percent=30).status_code == 403
    assert not Target.objects.exists()


def test_lock_is_not_a_link_and_belongs_to_its_program(client, program, manager):
    other = TargetFactory()
    assert client.get(f"/programs/own/contract/{other.pk}/lock/").status_code == 405
    assert client.post(f"/programs/own/contract/{other.pk}/lock/").status_code == 404


def test_unknown_measure_is_not_found(client, program, manager):
    assert send(client, measure="adult", reduction_percent=30).status_code == 404


# --- First promise ---------------------------------------------------------------------------


@pytest.mark.parametrize("measure", list(Measure))
def test_first_promise_fills_what_is_left_empty(client, program, manager, measure):
    response = send(client, measure=measure, reduction_percent="30")
    target = Target.objects.get()
    assert (response.status_code, response.url) == (302, "/programs/own/contract/")
    assert (target.measure, target.reduction_percent, target.version) == (measure, 30, 1)
    assert target.baseline_period.code == "2023-01..2023-12"
    assert target.evaluation_period.code == "2024-07..2025-06"
    assert (target.due_month, target.per) == (date(2025, 6, 1), measure.usual_per)
    assert (target.min_completeness, target.confidence, target.sites_rule) == (80, 95, "all")
    assert target.history.get().history_user == manager


def test_every_field_of_the_contract_can_be_written(client, program, manager):
    typed = {
        "level": "49", "per": "1000", "baseline_first": "2022-01", "baseline_last": "2023-12",
        "evaluation_first": "2025-01", "evaluation_last": "2025-12", "due_month": "2026-01",
        "sites_rule": "both", "min_completeness": "70", "confidence": "90",
    }  # fmt: skip
    send(client, **typed)
    target = Target.objects.get()
    assert target.promise == "at most 49 per 1,000"
    assert target.baseline_period.code == "2022-01..2023-12"
    assert target.evaluation_period.code == "2025-01..2025-12"
    assert (target.due_month, target.sites_rule) == (date(2026, 1, 1), "both")
    assert (target.min_completeness, target.confidence) == (70, 90)


@pytest.mark.parametrize(
    ("typed", "box", "sentence"),
    [
        ({}, "reduction_percent", LEVEL_OR_FALL),
        ({"reduction_percent": "30", "level": "49"}, "reduction_percent", LEVEL_OR_FALL),
        (
            {"reduction_percent": "101"},
            "reduction_percent",
            "A reduction lies above 0 and at most at 100 percent.",
        ),
        ({"level": "fifty"}, "level", "Enter a number."),
        ({"level": "0"}, "level", "A level lies above 0: no rate can be promised to be 0."),
        (
            {"reduction_percent": "30", "evaluation_first": "2023-12"},
            "evaluation_first",
            "The baseline period must end before the evaluation period begins, and neither may "
            "end before it begins.",
        ),
        (
            {"reduction_percent": "30", "confidence": "100"},
            "confidence",
            "Confidence lies at 50 or above and below 100 percent.",
        ),
        (
            {"reduction_percent": "30", "min_completeness": "101"},
            "min_completeness",
            "Least completeness is at most 100 percent.",
        ),
        (
            {"reduction_percent": "30", "due_month": "June"},
            "due_month",
            '"June" is not a month. Write year-month, such as 2024-01.',
        ),
    ],
)
def test_refusal_stands_beside_its_box_and_keeps_what_was_typed(
    client, program, manager, typed, box, sentence
):
    response = send(client, **typed)
    form = response.context["form"]
    assert response.status_code == 422
    assert form.errors == {box: [sentence]}
    assert {name: form[name].value() for name in typed} == typed
    assert not Target.objects.exists()


# --- Versions --------------------------------------------------------------------------------


def test_open_promise_is_changed_as_it_is(client, program, manager):
    target = TargetFactory(program=program)
    assert send(client, target=target, reduction_percent="20").status_code == 302
    changed = Target.objects.get()
    assert (changed.pk, changed.version, changed.reduction_percent) == (target.pk, 1, 20)


def test_lock_says_who_and_when(client, program, manager):
    target = TargetFactory(program=program)
    address = f"/programs/own/contract/{target.pk}/lock/"
    seen_page = words(client.post(address, {"seen": seen(target)}, follow=True))
    target.refresh_from_db()
    assert target.locked_by == manager
    assert "Infant mortality 30 % lower, version 1, is locked." in seen_page
    assert "Its evaluation period had begun by then." in seen_page
    assert "2025-07-15 12:00 by amina" in seen_page


def test_lock_of_what_somebody_changed_meanwhile_is_refused(client, program, manager):
    target = TargetFactory(program=program)
    before = seen(target)
    target.reduction_percent = Decimal(20)
    target.save()
    address = f"/programs/own/contract/{target.pk}/lock/"
    seen_page = words(client.post(address, {"seen": before}, follow=True))
    assert "20 % lower, version 1, has changed in between. Look again, then lock it." in seen_page
    assert not Target.objects.get().is_locked


def test_lock_twice_is_refused_with_who_did_it(client, program, manager):
    target = locked(program, manager)
    address = f"/programs/own/contract/{target.pk}/lock/"
    seen_page = words(client.post(address, {"seen": seen(target)}, follow=True))
    assert "was locked on 2025-07-15 by amina already." in seen_page


def test_new_version_begins_with_the_current_one(client, program, manager):
    target = locked(program, manager, min_completeness=70, baseline_first=date(2022, 1, 1))
    form = client.get("/programs/own/contract/new/?measure=infant").context["form"]
    assert (form.kind, form.instance.version) == ("version", 2)
    assert form["min_completeness"].value() == 70
    assert form["baseline_first"].value() == date(2022, 1, 1)
    assert (form["seen"].value(), form["reason"].value()) == (seen(target), "")


def test_new_version_leaves_the_locked_one_as_it_was(client, program, manager):
    target = locked(program, manager)
    before = Target.objects.filter(pk=target.pk).values().get()
    send(client, target=target, reduction_percent="20", reason=" Births fell by half. ")
    assert Target.objects.filter(pk=target.pk).values().get() == before
    revised = Target.objects.current().get()
    assert (revised.version, revised.reduction_percent) == (2, 20)
    assert (revised.reason, revised.is_locked) == ("Births fell by half.", False)
    assert revised.history.first().history_user == manager


def test_new_version_without_a_reason_is_refused(client, program, manager):
    target = locked(program, manager)
    response = send(client, target=target, reduction_percent="20", reason="  ")
    assert response.status_code == 422
    sentence = "Say why this version replaces the one before."
    assert response.context["form"].errors == {"reason": [sentence]}
    assert Target.objects.get() == target


def test_open_version_keeps_its_number_and_may_say_its_reason_better(client, program, manager):
    target = locked(program, manager)
    send(client, target=target, reduction_percent="20", reason="Births fell.")
    revised = Target.objects.current().get()
    send(client, target=revised, level="50", reason="Births fell by half.")
    revised.refresh_from_db()
    assert (revised.version, revised.level, revised.reduction_percent) == (2, 50, None)
    assert revised.reason == "Births fell by half."


def test_promise_that_somebody_else_locked_meanwhile_is_not_replaced(client, program, manager):
    target = TargetFactory(program=program)
    before = seen(target)
    lock_target(target=target, by=manager)
    response = send(client, seen=before, reduction_percent="20", reason="Births fell.")
    assert response.status_code == 422
    assert "Somebody changed or locked this promise in between." in response.text
    assert Target.objects.get().reduction_percent == 30


def test_contract_shows_every_version_with_its_reason(client, program, manager):
    target = locked(program, manager)
    send(client, target=target, reduction_percent="20", reason="Births fell by half.")
    seen_page = words(client.get("/programs/own/contract/"))
    assert "Infant mortality: 20 % lower" in seen_page
    assert "Version 2 is open: it can still change" in seen_page
    assert "Reason Births fell by half. Promise 20 % lower" in seen_page
    assert "Promise 30 % lower rate per 1,000 births Baseline 2023-01 to 2023-12" in seen_page


def test_contract_without_a_promise_offers_the_first_of_each_measure(client, program, manager):
    shown = client.get("/programs/own/contract/")
    assert "Nothing has been promised yet" in words(shown)
    for measure in Measure:
        assert f"/programs/own/contract/new/?measure={measure}" in shown.text


@pytest.mark.parametrize("measures", [1, 3])
def test_contract_takes_six_queries(client, program, manager, measures, django_assert_num_queries):
    for measure in list(Measure)[:measures]:
        locked(program, manager, measure=measure)
    with django_assert_num_queries(6):
        client.get("/programs/own/contract/")
