"""A program with one site, its people, and a clock to turn."""

from datetime import date

import pytest

from metrics.findings import review_finding
from metrics.locks import open_locked_month
from metrics.models import Category, Dimension
from programs.models import Program
from tests.factories import (
    InterventionFactory,
    ParticipationFactory,
    TargetFactory,
)
from tests.metrics.approving import join
from tests.metrics.history.past import Clock
from tests.metrics.history.telling import TODAY, FoundHere, send


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def site(clock):
    clock.turn(date(2025, 7, 1))
    own = {"site__name": "North Clinic", "site__code": "NC-1", "site__area__name": "Highlands"}
    site = ParticipationFactory(**own, program__slug="hb", program__name="Beginnings").site
    clock.turn(date(2025, 7, 2))
    return site


@pytest.fixture
def program(site):
    return site.programs.get()


@pytest.fixture
def manager(client, program):
    own = join(program, name="Amara")
    client.force_login(own)
    return own


@pytest.fixture
def reporter(program):
    return join(program, "reporter", name="Lidia")


@pytest.fixture
def much(clock, site, program, manager, reporter):
    """Changes of every kind, at two sites, on several days."""
    elsewhere = ParticipationFactory(program=program, site__name="South Clinic").site
    clock.turn(date(2025, 7, 5))
    send(site, 40, reporter)
    send(elsewhere, 50, manager)
    clock.turn(date(2025, 7, 8))
    finding = FoundHere(site, None, "heaped_digits", "a" * 64)
    said = {"decision": "explained", "reason": "Few births.", "by": reporter}
    review_finding(program=program, finding=finding, **said)
    TargetFactory(program=program)
    InterventionFactory(program=program)
    Dimension.objects.get(code="sex").programs.add(program)
    Category.objects.get(code="male").save()  # as it was: a version all the same
    given = {"reason": "x", "today": TODAY, "expires_on": date(2025, 7, 20), "by": manager}
    Program.objects.update(locks_after_days=14)  # which leaves no version
    open_locked_month(site=elsewhere, month=date(2025, 5, 1), **given)
    return elsewhere
