"""The bench: what it times beside each other is the same work."""

import pytest
from django.db.models import Max
from django.test import Client

from accounts.models import User
from metrics.management.commands.bench import GridSaving, make_program
from metrics.models import MonthlyReport
from programs.models import Membership, Role
from programs.periods import Period

pytestmark = pytest.mark.django_db


@pytest.fixture
def saving():
    program, _ = make_program(21, 12)
    user = User.objects.create(username="reporter")
    Membership.objects.create(program=program, user=user, role=Role.REPORTER)
    client = Client(headers={"accept-encoding": "gzip"})
    client.force_login(user)
    last = MonthlyReport.objects.aggregate(last=Max("month"))["last"]
    return GridSaving(program, user, client, Period.ending(last, 12))


def births():
    return dict(MonthlyReport.objects.values_list("pk", "live_births"))


@pytest.mark.parametrize("way", ["save", "write_bare"])
def test_grid_of_the_bench_changes_200_cells_and_keeps_their_versions(saving, way):
    before = births()
    getattr(saving, way)()
    assert len(before) == 252
    assert sum(births()[pk] - was for pk, was in before.items()) == 200
    assert set(MonthlyReport.history.values_list("version", "history_user")) == {
        (2, saving.user.pk)
    }
    assert MonthlyReport.history.count() == 200
