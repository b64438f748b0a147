"""The pages of frozen verdicts: who sees them, who freezes, and what they say."""

import html
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from metrics.models import Evaluation, MonthlyReport, Status
from programs.models import Measure
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    TargetFactory,
    UserFactory,
)
from tests.metrics.freezing import TODAY, promise_with
from tests.metrics.freezing import freeze as freeze_target
from tests.metrics.recount import make_program

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

PAGES = ("evaluations", "evaluation", "evaluation_json")


def words(response):
    """What a reader sees: the text without its tags, each space one space."""
    assert response.status_code == 200
    return " ".join(
        html.unescape(re.sub(r"(?s)<head>.*?</head>|<[^>]+>", " ", response.text)).split()
    )


def program_with(sites=1):
    """A program whose sites fell from 70 to 49 deaths per 1,000; one month is not reported."""
    program = promise_with(sites).program
    MonthlyReport.objects.filter(month=date(2025, 6, 1)).delete()
    return program


def freeze(program, today=TODAY):
    return freeze_target(program.targets.get(), today)


def sign_in(client, program, **membership):
    client.force_login(MembershipFactory(program=program, **membership).user)


def address(name, evaluation):
    slug = evaluation.target.program.slug
    return reverse(name, args=[slug] if name == "evaluations" else [slug, evaluation.pk])


# --- Who may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_evaluations_do_not_exist_for_a_stranger(client, name):
    evaluation = freeze(program_with())
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    assert client.get(address(name, evaluation)).status_code == 404


@pytest.mark.parametrize("name", PAGES[1:])
def test_evaluation_is_not_found_in_another_program(client, name):
    evaluation, other = freeze(program_with()), TargetFactory().program
    sign_in(client, other, role="manager")
    assert client.get(reverse(name, args=[other.slug, evaluation.pk])).status_code == 404


@pytest.mark.parametrize("role", ["viewer", "reporter", "manager"])
def test_member_of_all_sites_sees_everything(client, role):
    evaluation = freeze(program_with())
    sign_in(client, evaluation.target.program, role=role)
    assert [client.get(address(name, evaluation)).status_code for name in PAGES] == [200] * 3


@pytest.mark.parametrize("role", ["viewer", "reporter", "manager"])
def test_only_a_manager_is_offered_to_freeze(client, role):
    program = program_with()
    sign_in(client, program, role=role)
    offered = "Freeze this verdict" in client.get(f"/programs/{program.slug}/evaluations/").text
    assert offered is (role == "manager")


def post(client, program, **sent):
    return client.post(reverse("freeze_evaluation", args=[program.slug]), sent)


def test_manager_freezes_and_is_led_to_what_was_frozen(client):
    program = program_with()
    sign_in(client, program, role="manager")
    response = post(client, program, measure="infant")
    evaluation = Evaluation.objects.get()
    assert response.url == address("evaluation", evaluation)
    assert "Frozen as of 2025-07-15. It will not change." in words(client.get(response.url))


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_others_may_not_freeze(client, role):
    program = program_with()
    sign_in(client, program, role=role)
    assert post(client, program, measure="infant").status_code == 403
    assert not Evaluation.objects.exists()


def test_manager_of_some_sites_may_not_freeze(client):
    program = program_with()
    sign_in(client, program, role="manager", sites=[program.sites.get()])
    response = post(client, program, measure="infant")
    assert response.status_code == 403
    assert "Only a manager of all sites" in response.text


def test_stranger_may_not_even_know_that_there_is_something_to_freeze(client):
    program = program_with()
    client.force_login(UserFactory(is_superuser=True))
    assert post(client, program, measure="infant").status_code == 404


@pytest.mark.parametrize("measure", ["", "maternal", "none"])
def test_measure_that_was_not_promised_cannot_be_frozen(client, measure):
    program = program_with()
    sign_in(client, program, role="manager")
    assert post(client, program, measure=measure).status_code == 404


# --- Some sites only -----------------------------------------------------------------------------


def test_member_of_some_sites_sees_the_verdict_and_the_rows_of_theirs(client):
    program = program_with(sites=2)
    evaluation = freeze(program)
    MonthlyReport.objects.filter(month=date(2024, 7, 1)).update(infant_deaths=40, version=2)
    sign_in(client, program, role="reporter", sites=[program.sites.get(code="S-0")])
    response = client.get(address("evaluation", evaluation))
    assert "2 rows changed since; the verdict is unchanged." in words(response)
    assert {change.site for change in response.context["changes"]} == {"S-0"}
    assert {omission.site for omission in response.context["omissions"]} == {"S-0"}
    assert "S-1" not in response.text
    assert "The rows listed are those of your sites." in response.text


# --- What they say -------------------------------------------------------------------------------


def look(client, evaluation):
    sign_in(client, evaluation.target.program)
    return words(client.get(address("evaluation", evaluation)))


def test_page_says_the_verdict_the_contract_and_the_checksum(client):
    evaluation = freeze(program_with())
    seen = look(client, evaluation)
    assert "On target so far, not yet certain" in seen
    assert "70.0 → 49.0 per 1,000 births: 30 % lower" in seen
    assert "Baseline 2023-01 to 2023-12" in seen
    assert "Version 1, not locked when this was frozen" in seen
    assert evaluation.checksum in seen
    assert "No row changed since; the verdict is unchanged." in seen
    assert "S-0 Not reported. 1: 2025-06" in seen


def test_page_names_the_correction_that_changed_the_verdict(client):
    evaluation = freeze(program_with())
    MonthlyReport.objects.filter(month=date(2024, 7, 1)).update(infant_deaths=90, version=2)
    seen = look(client, evaluation)
    assert "1 row changed since; the verdict has changed." in seen
    assert "S-0 2024-07 Corrected 49 of 1,000 version 1 90 of 1,000 version 2" in seen
    assert "30 % lower" in seen  # what was said then is still said


def test_page_names_a_late_report_and_one_that_went_back(client):
    program = program_with()
    evaluation = freeze(program)
    MonthlyReport.objects.filter(month=date(2024, 7, 1)).update(status=Status.RETURNED)
    MonthlyReportFactory(site=program.sites.get(), month=date(2025, 6, 1))
    seen = look(client, evaluation)
    assert "S-0 2025-06 Not counted then: Not reported. – 5 of 100 version 1" in seen
    assert "Not counted any more: Returned to the reporter, to be corrected." in seen


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("measure", [Measure.INFANT, Measure.MATERNAL])
def test_page_can_show_every_kind_of_verdict(client, seed, measure):
    program = make_program(seed)
    TargetFactory(program=program, measure=measure)
    seen = look(client, freeze(program))
    assert "This compares before and after." in seen


def test_page_of_a_promise_without_reports_can_be_shown(client):
    assert "No live births are reported" in look(client, freeze(TargetFactory().program))


def test_changes_beyond_fifty_are_on_another_page(client):
    program = program_with(sites=3)
    evaluation = freeze(program)
    MonthlyReport.objects.update(version=2)
    sign_in(client, program)
    where = address("evaluation", evaluation)
    assert len(client.get(where).context["changes"]) == 50
    assert len(client.get(where, {"changes": 2}).context["changes"]) == 3 * 23 - 50


def test_list_tells_each_verdict_latest_first(client):
    program = program_with()
    first, later = freeze(program), freeze(program, TODAY + timedelta(days=1))
    sign_in(client, program)
    response = client.get(address("evaluations", first))
    assert list(response.context["evaluations"]) == [later, first]
    assert "Reached on the figures, not yet certain" in words(response)


@pytest.mark.parametrize("promised", [True, False])
def test_empty_list_says_what_to_do(client, promised):
    program = (TargetFactory() if promised else ParticipationFactory()).program
    sign_in(client, program)
    seen = words(client.get(f"/programs/{program.slug}/evaluations/"))
    assert (
        "No verdict has been frozen yet" if promised else "Nothing has been promised yet"
    ) in seen


# --- One site or three, the same queries ---------------------------------------------------------


@pytest.mark.parametrize("sites", [1, 3])
@pytest.mark.parametrize(
    ("name", "queries"), [("evaluations", 5), ("evaluation", 10), ("evaluation_json", 4)]
)
def test_page_takes_so_many_queries(client, django_assert_num_queries, sites, name, queries):
    evaluation = freeze(program_with(sites))
    for day in range(1, sites):
        freeze(evaluation.target.program, TODAY + timedelta(days=day))
    sign_in(client, evaluation.target.program)
    with django_assert_num_queries(queries):
        assert client.get(address(name, evaluation)).status_code == 200
