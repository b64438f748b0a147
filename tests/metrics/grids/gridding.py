"""Grids: their address, what is typed into their boxes, and programs large enough to matter."""

import html
import re
from datetime import date
from random import Random

from metrics.models import MonthlyReport, Status
from programs.models import OperationSpell, Participation, Site
from programs.periods import Period, format_month
from tests.factories import AreaFactory, MembershipFactory, ParticipationFactory, ProgramFactory

JUNE, MAY, APRIL = date(2025, 6, 1), date(2025, 5, 1), date(2025, 4, 1)
YEAR = Period(date(2024, 7, 1), JUNE)  # what a grid shows where nothing else is asked for
TWO_YEARS = Period(date(2023, 7, 1), JUNE)

_INPUT = re.compile(r'<input (?!type="radio")(?=[^>]*name="([^"]+)")(?=[^>]*value="([^"]*)")[^>]*>')


def address(program, **asked):
    query = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"/programs/{program.slug}/grid/" + (f"?{query}" if query else "")


def over(period):
    """How an address asks for a period."""
    return {"first": format_month(period.first), "last": format_month(period.last)}


def join(program=None, **site):
    """A site that takes part, in a program of its own or in this one."""
    program = program or ProgramFactory()
    named = {f"site__{name}": value for name, value in site.items()}
    return ParticipationFactory(program=program, **named).site


def sign_in(client, program, **membership):
    user = MembershipFactory(program=program, **membership).user
    client.force_login(user)
    return user


def box(kind, site, month):
    return f"{kind}{site.pk}.{format_month(month)}"


def typed(*cells, period=YEAR, **also):
    """What a form sends: (site, month, births, deaths, version that was seen) for each cell."""
    sent = dict(also)
    versions: dict[Site, dict[date, int]] = {}
    for site, month, births, deaths, version in cells:
        sent |= {box("b", site, month): births, box("d", site, month): deaths}
        versions.setdefault(site, {})[month] = version
    for site, seen in versions.items():
        sent[f"v{site.pk}"] = ",".join(str(seen.get(month) or "") for month in period)
    return sent


def fill(sites, months=TWO_YEARS, status=Status.SUBMITTED, **program):
    """A program of so many sites that have reported all these months, in few statements."""
    program, area, chance = ProgramFactory(**program), AreaFactory(), Random(20)
    made = Site.objects.bulk_create(
        Site(name=f"Health Centre {n}", code=f"HC-{n}", area=area, kind=Site.Kind.HEALTH_CENTRE)
        for n in range(sites)
    )
    OperationSpell.objects.bulk_create(
        OperationSpell(site=site, first_month=date(2020, 1, 1)) for site in made
    )
    Participation.objects.bulk_create(
        Participation(program=program, site=site, first_month=date(2023, 1, 1)) for site in made
    )
    MonthlyReport.objects.bulk_create(
        MonthlyReport(
            site=site,
            month=month,
            live_births=chance.randint(20, 180),
            infant_deaths=chance.randint(0, 12),
            status=status,
        )
        for site in made
        for month in months
    )
    return program


def words(response):
    """What a reader sees: the text without its tags, each space one space."""
    seen = re.sub(r"(?s)<(script|style|head)\b.*?</\1>|<[^>]+>", " ", response.text)
    return " ".join(html.unescape(seen).split())


def boxes(response):
    """What the page's form would send, were it sent as it is."""
    inside = response.text.partition('class="grid-form')[2]
    return {name: html.unescape(value) for name, value in _INPUT.findall(inside)}


def cells(response, row=0):
    return response.context["grid"].rows[row].cells
