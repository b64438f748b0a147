from datetime import date

import pytest

from programs.actions import lock_target
from programs.models import Program, Target
from programs.periods import Period
from tests.admin_pages import as_sent, choose, page, sign_in_staff, told
from tests.factories import ProgramFactory, TargetFactory, UserFactory

pytestmark = pytest.mark.django_db

NAME = "Infant mortality 30 % lower, version 1"
LATE = (
    f"{NAME}, was locked when its evaluation period had begun (2024-07). A promise is worth more "
    "before."
)


@pytest.fixture
def locked():
    return lock_target(target=TargetFactory(), by=UserFactory(username="amina"))


def add(client, program, **sent):
    sent = {"program": program.pk, "measure": "infant", "reduction_percent": "30"} | sent
    sent |= {"sites_rule": "all", "min_completeness": 80, "confidence": 95}
    return client.post(page(Target, "add"), sent)


def test_periods_left_empty_are_filled(admin_client):
    program = ProgramFactory()
    add(admin_client, program)
    target = program.targets.get()
    assert target.baseline_period == Period(date(2023, 1, 1), date(2023, 12, 1))
    assert target.evaluation_period == Period(date(2024, 7, 1), date(2025, 6, 1))
    assert (target.per, target.version, target.is_locked) == (1000, 1, False)


@pytest.mark.parametrize("promise", [{"reduction_percent": ""}, {"level": "20"}])
def test_a_promise_is_a_reduction_or_a_level(admin_client, promise):
    response = add(admin_client, ProgramFactory(), **promise)
    said = response.context["adminform"].form.non_field_errors()
    assert said == ["Give either a reduction in percent or a level, not both."]


def test_a_second_promise_about_one_measure_is_refused(admin_client):
    target = TargetFactory()
    response = add(admin_client, target.program)
    assert response.context["adminform"].form.non_field_errors() == [
        f"This program has its promise: {NAME}. Change that one; once it is locked, choose “New "
        "version” for it in the list of targets."
    ]


def test_list_shows_promise_periods_version_and_lock(admin_client, locked):
    shown = admin_client.get(page(Target, "changelist")).text
    for words in (NAME, "2023-01 to 2023-12", "2024-07 to 2025-06", ">2025-06<", "icon-yes"):
        assert words in shown


def test_list_can_be_narrowed_down_to_the_open_ones(admin_client, locked):
    still_open = TargetFactory()
    shown = admin_client.get(page(Target, "changelist"), {"locked": "no"})
    assert list(shown.context["cl"].queryset) == [still_open]


# --- A locked target -----------------------------------------------------------------------


def test_a_locked_target_is_neither_changed_nor_deleted(admin_client, locked):
    before = Target.objects.filter(pk=locked.pk).values().get()
    address = page(Target, "change", locked.pk)
    shown = admin_client.get(address)

    answers = [
        admin_client.post(address, as_sent(shown) | {"reduction_percent": "20"}),
        admin_client.post(page(Target, "delete", locked.pk), {"post": "yes"}),
    ]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert "_save" not in shown.text
    assert Target.objects.filter(pk=locked.pk).values().get() == before


def test_an_old_version_cannot_take_the_lock_away(admin_client, locked):
    unlocked = locked.history.earliest()
    address = page(Target, "simple_history", locked.pk, unlocked.pk)
    assert admin_client.post(address, {"min_completeness": 80}).status_code == 403
    locked.refresh_from_db()
    assert locked.is_locked


def test_a_locked_target_is_not_deleted_with_others_or_with_its_program(admin_client, locked):
    choose(admin_client, Target, "delete_selected", [locked], post="yes")
    admin_client.post(page(Program, "delete", locked.program.pk), {"post": "yes"})
    assert Target.objects.filter(pk=locked.pk).exists()


# --- Locking and replacing -----------------------------------------------------------------


def test_lock_selected_locks_and_says_when_it_was_late(admin_client, admin_user, today):
    target = TargetFactory()
    response = choose(admin_client, Target, "lock", [target])
    target.refresh_from_db()
    assert target.locked_by == admin_user
    assert told(response) == [f"{NAME}, is locked.", LATE]


def test_lock_selected_locks_the_others_when_one_is_refused(admin_client, locked):
    other = TargetFactory(measure="neonatal")
    response = choose(admin_client, Target, "lock", [locked, other])
    other.refresh_from_db()
    assert other.is_locked
    assert "by amina already." in told(response)[-1]


def test_new_version_asks_why_first(admin_client, locked):
    response = choose(admin_client, Target, "make_new_version", [locked])
    assert "Why does a new version replace this one?" in response.text
    assert NAME in response.text
    assert Target.objects.count() == 1


def test_new_version_without_a_reason_asks_again(admin_client, locked):
    response = choose(admin_client, Target, "make_new_version", [locked], words=" ")
    assert "Say why this version replaces the one before." in response.text
    assert Target.objects.count() == 1


def test_new_version_opens_the_page_of_the_new_one(admin_client, locked):
    response = choose(admin_client, Target, "make_new_version", [locked], words="Births fell.")
    revised = Target.objects.get(version=2)
    assert response.redirect_chain == [(page(Target, "change", revised.pk), 302)]
    assert revised.reason == "Births fell."
    assert "Births fell." in response.text


def test_new_version_of_an_open_target_is_refused(admin_client):
    target = TargetFactory()
    response = choose(admin_client, Target, "make_new_version", [target], words="Births fell.")
    assert told(response) == [
        f"{NAME}, is not locked. Change it as it is, or lock it before you replace it."
    ]


@pytest.mark.parametrize("action", ["lock", "make_new_version"])
def test_who_may_only_look_at_targets_is_offered_no_action(client, action):
    target = TargetFactory()
    sign_in_staff(client, "view_target")
    shown = choose(client, Target, action, [target], words="Births fell.")
    target.refresh_from_db()
    assert (target.is_locked, Target.objects.count()) == (False, 1)
    assert f'value="{action}"' not in shown.text
