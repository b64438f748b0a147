"""One of each thing, with as little said as it needs."""

from datetime import UTC, date, datetime
from decimal import Decimal

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from metrics.models import MonthlyReport, Status
from programs.models import (
    Area,
    Intervention,
    Lever,
    Membership,
    OperationSpell,
    Participation,
    Program,
    Role,
    Site,
    Target,
)

PASSWORD = "a long enough password"
START = date(2024, 1, 1)  # the first month of every program here
OPENED = date(2020, 1, 1)  # the first month of every site here


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.org")
    password = factory.django.Password(PASSWORD)


class AreaFactory(DjangoModelFactory):
    class Meta:
        model = Area

    name = factory.Sequence(lambda n: f"District {n}")
    code = factory.Sequence(lambda n: f"D{n}")
    kind = Area.Kind.DISTRICT


class SiteFactory(DjangoModelFactory):
    """A site open since 2020-01; `spells=[]` for one that never opened, or a list of pairs."""

    class Meta:
        model = Site
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Site {n}")
    code = factory.Sequence(lambda n: f"S{n}")
    area = factory.SubFactory(AreaFactory)
    kind = Site.Kind.HEALTH_CENTRE

    @factory.post_generation
    def spells(self, create, extracted, **kwargs):
        for first, last in [(OPENED, None)] if extracted is None else extracted:
            OperationSpell.objects.create(site=self, first_month=first, last_month=last)


class ProgramFactory(DjangoModelFactory):
    class Meta:
        model = Program

    name = factory.Sequence(lambda n: f"Program {n}")
    slug = factory.Sequence(lambda n: f"program-{n}")
    start_month = START
    status = Program.Status.RUNNING


class ParticipationFactory(DjangoModelFactory):
    class Meta:
        model = Participation

    program = factory.SubFactory(ProgramFactory)
    site = factory.SubFactory(SiteFactory)
    first_month = date(2023, 1, 1)


class TargetFactory(DjangoModelFactory):
    """30 % lower: 2024-07 to 2025-06 against 2023."""

    class Meta:
        model = Target

    program = factory.SubFactory(ProgramFactory)
    reduction_percent = Decimal(30)


class MembershipFactory(DjangoModelFactory):
    class Meta:
        model = Membership
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.VIEWER

    @factory.post_generation
    def sites(self, create, extracted, **kwargs):
        if extracted:
            self.all_sites = False
            self.save()
            self.sites.set(extracted)


class InterventionFactory(DjangoModelFactory):
    class Meta:
        model = Intervention

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Intervention {n}")
    lever = Lever.CARE
    first_month = START


class MonthlyReportFactory(DjangoModelFactory):
    class Meta:
        model = MonthlyReport

    site = factory.SubFactory(SiteFactory)
    month = date(2024, 7, 1)
    live_births = 100
    infant_deaths = 5
    status = Status.SUBMITTED
    first_submitted_at = datetime(2024, 8, 5, 9, tzinfo=UTC)
