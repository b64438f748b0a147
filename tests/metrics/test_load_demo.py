"""Loading the demonstration: the same on any day, once, and only into an empty database."""

from datetime import date, timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import User
from metrics.demo import DEMO_PASSWORD, SIGN_INS, load_demo
from metrics.gate import Fault, Passage
from metrics.models import COUNT_FIELDS, Category, MonthlyReport
from programs.models import Participation, Program
from programs.periods import months_from
from tests.factories import ProgramFactory, UserFactory

TODAY = date(2026, 3, 17)
INVENTED = ("healthy-beginnings", "clean-birth-sorena", "first-breath")


def counts_by_site_and_month():
    """What the invented programs hold, with months counted from each program's first."""
    return {
        (part.site.code, months_from(part.program.start_month, report.month)): [
            getattr(report, name) for name in COUNT_FIELDS
        ]
        for part in Participation.objects.filter(program__slug__in=INVENTED)
        for report in part.site.monthly_reports.all()
    }


def counts_told_on(today):
    with transaction.atomic():
        load_demo(today=today)
        counts = counts_by_site_and_month()
        transaction.set_rollback(True)
    return counts


def rows_of_everything():
    return {model: list(model.objects.values_list()) for model in apps.get_models()}


@pytest.mark.django_db
def test_load_tells_the_same_counts_on_any_day():
    in_winter, in_summer = counts_told_on(date(2025, 12, 31)), counts_told_on(date(2026, 7, 1))
    assert in_winter == in_summer
    assert len(in_winter) > 800


@pytest.mark.django_db
def test_second_load_changes_nothing_and_says_so():
    load_demo(today=TODAY)
    before, said = rows_of_everything(), StringIO()
    call_command("load_demo", today=TODAY + timedelta(days=40), stdout=said)
    assert rows_of_everything() == before
    assert "nothing was loaded" in said.getvalue()


@pytest.mark.django_db
def test_load_leaves_a_database_with_programs_alone():
    ProgramFactory()
    said = StringIO()
    call_command("load_demo", stdout=said)
    assert (Program.objects.count(), User.objects.count()) == (1, 0)
    assert DEMO_PASSWORD not in said.getvalue()


@pytest.mark.django_db
def test_load_says_who_can_sign_in():
    said = StringIO()
    call_command("load_demo", today=TODAY, stdout=said)
    assert all(own.username in said.getvalue() for own in SIGN_INS)
    assert DEMO_PASSWORD in said.getvalue()


@pytest.mark.django_db
def test_load_leaves_an_account_that_was_here_before_as_it_was():
    UserFactory(username="admin")
    password = User.objects.get(username="admin").password
    load_demo(today=TODAY)
    admin = User.objects.get(username="admin")
    assert (admin.password, admin.is_superuser) == (password, False)


@pytest.mark.django_db
def test_load_on_a_day_before_the_real_counts_end_loads_nothing():
    with pytest.raises(CommandError, match=r"Nothing was loaded.*lies in the future"):
        call_command("load_demo", today=date(2023, 3, 10))
    assert (Program.objects.count(), User.objects.count()) == (0, 0)


def test_load_refuses_what_is_not_a_day():
    with pytest.raises(CommandError, match='"soon" is not a day'):
        call_command("load_demo", "--today", "soon")


@pytest.mark.django_db
def test_load_works_without_the_dimension_sex():
    Category.objects.filter(dimension__code="sex", code="unknown").update(retired=True)
    load_demo(today=TODAY)
    assert not Category.objects.exclude(counts=None).exists()
    assert MonthlyReport.objects.exists()


@pytest.mark.django_db
def test_story_that_the_gate_refuses_is_not_loaded(monkeypatch):
    refused = Passage({}, refusals=(Fault("month", "will not do."),), warnings=())
    monkeypatch.setattr("metrics.demo.reports.pass_gate", lambda *args, **kwargs: refused)
    with pytest.raises(CommandError, match=r"Nothing was loaded.*month: will not do"):
        call_command("load_demo", today=TODAY)
    assert (Program.objects.count(), User.objects.count()) == (0, 0)
