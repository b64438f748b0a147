from datetime import date

import pytest

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
from tests.programs.contract_forms import seen, send

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
