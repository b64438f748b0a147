"""Two real data sets, brought in through the importer like any other file.

What their columns mean, and how to come to the published figures: docs/real-data.md.
"""

from datetime import date
from decimal import Decimal
from importlib.resources import files

from django.utils.text import slugify

from metrics.demo.places import read_rows
from metrics.imports import apply_batch, parse_mapping, receive_file
from programs.models import (
    Area,
    Intervention,
    Lever,
    Measure,
    OperationSpell,
    Participation,
    Program,
    Site,
    Target,
)
from programs.periods import Period

ANDHRA_PRADESH_FILE = "india_ap_hmis_monthly_13districts.csv"
ANDHRA_PRADESH_MAPPING = """
site_name = district
month = period
"""
ANDHRA_PRADESH_MONTHS = Period(date(2020, 4, 1), date(2023, 4, 1))

VIENNA_FILE = "semmelweis_monthly.csv"
VIENNA_MAPPING = """
site_code = "VIE-1"
month = date
live_births = births
maternal_deaths = deaths
"""
VIENNA_MONTHS = Period(date(1841, 1, 1), date(1849, 3, 1))
HAND_WASHING = date(1847, 6, 1)


def load_andhra_pradesh(*, by, today: date) -> Program:
    """Thirteen districts of Andhra Pradesh, April 2020 to April 2023."""
    program = Program.objects.create(
        slug="andhra-pradesh-13-districts",
        name="Andhra Pradesh, 13 districts",
        purpose="Real counts from the health facilities of 13 districts, April 2020 to April "
        "2023, as the Government of India publishes them. Nobody promised anything here: the "
        "target is only an illustration. Do not read the fall as a success. District boundaries "
        "were redrawn in April 2022, so a part of it is births and deaths moving to districts "
        "that are not among these 13. And facilities see about half of all infant deaths: the "
        "national sample survey found 24 per 1,000 in 2020 where these counts give 11.",
        partners="Health Management Information System, Government of India (source of the data)",
        start_month=date(2021, 4, 1),
        planned_end_month=ANDHRA_PRADESH_MONTHS.last,
        status=Program.Status.ENDED,
        year_first_month=4,
    )
    for district in sorted({row["district"] for row in read_rows(ANDHRA_PRADESH_FILE)}):
        _add_site(program, _create_district(district), ANDHRA_PRADESH_MONTHS)
    Target.objects.create(
        program=program,
        reduction_percent=Decimal(20),
        baseline_first=date(2020, 4, 1),
        baseline_last=date(2021, 3, 1),
        evaluation_first=date(2022, 4, 1),
        evaluation_last=date(2023, 3, 1),
        due_month=date(2023, 3, 1),
    )
    _bring_in(program, ANDHRA_PRADESH_FILE, ANDHRA_PRADESH_MAPPING, by=by, today=today)
    return program


def load_vienna(*, by, today: date) -> Program:
    """The First Obstetrical Clinic of Vienna, before and after hands were washed."""
    program = Program.objects.create(
        slug="vienna-first-clinic",
        name="Vienna, First Obstetrical Clinic 1841-1849",
        purpose="Real counts: births and deaths of mothers, month by month, in the clinic where "
        "Ignaz Semmelweis had everybody wash their hands in chlorinated lime. He gave the order "
        "in mid-May 1847; June is the first whole month. Nobody promised anything: the target "
        "is only an illustration. These are deaths of mothers, per 1,000 births, not of infants.",
        start_month=HAND_WASHING,
        planned_end_month=VIENNA_MONTHS.last,
        status=Program.Status.ENDED,
    )
    site = _create_clinic()
    _add_site(program, site, VIENNA_MONTHS)
    _begin_hand_washing(program, site)
    Target.objects.create(
        program=program,
        measure=Measure.MATERNAL,
        per=1000,
        reduction_percent=Decimal(50),
        baseline_first=VIENNA_MONTHS.first,
        evaluation_first=HAND_WASHING,
        evaluation_last=VIENNA_MONTHS.last,
        due_month=VIENNA_MONTHS.last,
    )
    _bring_in(program, VIENNA_FILE, VIENNA_MAPPING, by=by, today=today)
    return program


def _begin_hand_washing(program, site):
    washing = Intervention.objects.create(
        program=program,
        name="Chlorine hand-washing",
        lever=Lever.CARE,
        first_month=HAND_WASHING,
        what_was_done="Doctors and students wash their hands in chlorinated lime before they "
        "examine a woman.",
        done_by="Ignaz Semmelweis",
    )
    washing.sites.add(site)


def _create_district(name) -> Site:
    """A district, and the one site that stands for all its facilities."""
    country, _ = Area.objects.get_or_create(
        code="IN", defaults={"name": "India", "kind": Area.Kind.COUNTRY}
    )
    state, _ = Area.objects.get_or_create(
        code="IN-AP",
        defaults={"name": "Andhra Pradesh", "kind": Area.Kind.REGION, "parent": country},
    )
    short = slugify(name).upper()
    district = Area.objects.create(
        code=f"IN-AP-{short}", name=name, kind=Area.Kind.DISTRICT, parent=state
    )
    return Site.objects.create(
        code=f"AP-{short}", name=name, area=district, kind=Site.Kind.COMMUNITY
    )


def _create_clinic() -> Site:
    empire = Area.objects.create(
        code="AUSTRIAN-EMPIRE", name="Austrian Empire", kind=Area.Kind.COUNTRY
    )
    city = Area.objects.create(code="VIENNA", name="Vienna", kind=Area.Kind.DISTRICT, parent=empire)
    return Site.objects.create(
        code="VIE-1",
        name="First Obstetrical Clinic, Vienna General Hospital",
        area=city,
        kind=Site.Kind.HOSPITAL,
        setting=Site.Setting.URBAN,
        latitude=Decimal("48.21700"),
        longitude=Decimal("16.35200"),
    )


def _add_site(program, site, period):
    OperationSpell.objects.create(site=site, first_month=period.first, last_month=period.last)
    Participation.objects.create(
        program=program, site=site, first_month=period.first, last_month=period.last
    )


def _bring_in(program, file_name, mapping, *, by, today):
    """Apply a file whole. ValueError when it has a fault, such as months that lie ahead."""
    batch = receive_file(
        program=program,
        file_name=file_name,
        content=files("metrics.demo").joinpath("data", file_name).read_bytes(),
        mapping=parse_mapping(mapping),
        by=by,
    )
    run = apply_batch(batch, by=by, today=today)
    if not run.may_be_applied:
        raise ValueError(f"{file_name}: {run.faults[0]}")
