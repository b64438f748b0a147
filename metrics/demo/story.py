"""Three invented programs: what they promise, what they do, and how it goes.

Months are counted from the first month of the program, which is 0; those before are negative.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from metrics.demo.counts import Phase, SiteMonth
from programs.models import Lever, Participation

PROGRAM, COMPARISON = Participation.Role.PROGRAM, Participation.Role.COMPARISON


@dataclass(frozen=True)
class Work:
    """An intervention, and what it puts out in a usual month."""

    name: str
    lever: Lever
    first: int
    what_was_done: str
    done_by: str
    outputs: Mapping[str, int]
    sites: tuple[str, ...] = ()


@dataclass(frozen=True)
class Correction:
    """An approved report that held more births than there were, and what was said about it."""

    place: SiteMonth
    too_many: int
    reason: str
    comment: str


@dataclass(frozen=True)
class Doubt:
    """A report that waits with far more births than usual, and what its reporter says to that."""

    place: SiteMonth
    too_many: int
    comment: str


@dataclass(frozen=True)
class Story:
    """A program from its first baseline month to the last month that is over."""

    slug: str
    name: str
    purpose: str
    partners: str
    first: int
    last: int
    due: int
    reduction_percent: Decimal
    phases: Mapping[Participation.Role, tuple[Phase, ...]]
    works: tuple[Work, ...]
    missing_percent: int = 0
    missing: frozenset[SiteMonth] = frozenset()
    correction: Correction | None = None
    doubt: Doubt | None = None
    approval_required: bool = False
    waiting_months: int = 2  # the last ones are submitted and not yet approved

    @property
    def numbers(self) -> range:
        return range(self.first, self.last + 1)


BEFORE = (78, 46, 62, 38)  # of 100 births: services in the years before
AFTER = (89, 66, 79, 61)

HEALTHY_BEGINNINGS = Story(
    slug="healthy-beginnings",
    name="Healthy Beginnings",
    purpose="Of 1,000 children born alive in these five districts, 70 died before their first "
    "birthday. The program set out to bring that down by 30 % within 18 months: trained health "
    "workers, prenatal and postnatal care, mobile clinics, community education, and community "
    "leaders who speak for it. An invented country; every count here is made up.",
    partners="Ministry of Health of Nambolia; Sarn Coast Midwives' Association; Lavi Foundation",
    first=-24,
    last=17,
    due=17,
    reduction_percent=Decimal(30),
    phases={
        PROGRAM: (
            Phase(-24, -1, 70.0, 5.6, 31.0, BEFORE),
            Phase(0, 5, 60.0, 4.5, 29.0, (83, 55, 70, 49)),
            Phase(6, 17, 48.3, 3.0, 26.0, AFTER),
        ),
        COMPARISON: (
            Phase(-24, -1, 69.0, 5.5, 31.0, BEFORE),
            Phase(0, 5, 67.0, 5.4, 31.0, BEFORE),
            Phase(6, 17, 64.5, 5.2, 30.0, (79, 48, 64, 39)),
        ),
    },
    works=(
        Work(
            "Newborn care training",
            Lever.CARE,
            0,
            "Every nurse, midwife and community health worker learns to dry, warm and, where "
            "needed, ventilate a newborn, with a refresher after six months.",
            "Sarn Coast Midwives' Association",
            {"sessions_held": 3, "workers_trained": 17},
        ),
        Work(
            "Prenatal care days",
            Lever.CARE,
            2,
            "A fixed weekday for prenatal visits: blood pressure, iron, tetanus, a birth plan.",
            "District health offices",
            {"sessions_held": 52, "people_reached": 410, "visits_made": 640},
        ),
        Work(
            "Postnatal home visits",
            Lever.CARE,
            4,
            "A health worker comes on the first and the third day after birth.",
            "Community health workers",
            {"people_reached": 260, "visits_made": 430},
        ),
        Work(
            "Mobile clinic rounds",
            Lever.CARE,
            6,
            "Two vehicles with a midwife visit villages more than two hours from a health "
            "centre, except in the rains.",
            "Lavi Foundation",
            {"sessions_held": 22, "people_reached": 310, "visits_made": 180},
            sites=("NB-010", "NB-011"),
        ),
        Work(
            "Mothers' groups and radio",
            Lever.EDUCATION,
            2,
            "Groups of young mothers, and a weekly radio hour, on danger signs, breastfeeding "
            "and warmth.",
            "Radio Keled and village volunteers",
            {"sessions_held": 38, "people_reached": 720},
        ),
        Work(
            "Review of every infant death",
            Lever.DATA,
            4,
            "Each site looks at its registers every month and asks of each death what could "
            "have been done.",
            "District health offices",
            {"sessions_held": 13, "people_reached": 64},
        ),
        Work(
            "Pledge of the community leaders",
            Lever.PARTNERSHIPS,
            0,
            "Chiefs, clergy and elders pledge to send every pregnant woman to a prenatal visit "
            "and to find transport at night.",
            "Councils of the five districts",
            {"sessions_held": 5, "people_reached": 150},
        ),
    ),
    missing_percent=6,
    missing=frozenset({("NB-012", 17)}),
    correction=Correction(
        place=("NB-004", 9),
        too_many=9,
        reason="The ward book shows 9 births fewer. Please count again.",
        comment="9 births of the neighbouring ward were counted twice.",
    ),
)

CLEAN_BIRTH = Story(
    slug="clean-birth-sorena",
    name="Clean Birth, Sorena district",
    approval_required=True,
    waiting_months=1,  # with one more, too little would count for a verdict
    purpose="Clean delivery kits and a supervised delivery room in one district, to bring infant "
    "mortality down by 25 %. Invented, like Healthy Beginnings; what it reached is not clear.",
    partners="Sorena District Council",
    first=-12,
    last=17,
    due=17,
    reduction_percent=Decimal(25),
    phases={
        PROGRAM: (
            Phase(-12, -1, 58.0, 4.8, 28.0, BEFORE),
            Phase(0, 5, 57.0, 4.8, 28.0, BEFORE),
            Phase(6, 17, 52.5, 4.1, 27.0, (82, 54, 74, 47)),
        ),
    },
    works=(
        Work(
            "Clean delivery kits",
            Lever.CARE,
            0,
            "Every woman receives a kit with soap, blade, cord ties and a clean cloth at her "
            "prenatal visit.",
            "Sorena District Council",
            {"people_reached": 115, "visits_made": 120},
        ),
        Work(
            "Hand-washing lessons",
            Lever.EDUCATION,
            2,
            "Lessons for mothers-in-law and birth companions, who wash and wrap the newborn.",
            "Women's cooperative of Alder Bay",
            {"sessions_held": 9, "people_reached": 130},
        ),
    ),
    missing_percent=4,
    doubt=Doubt(
        place=("NB-032", 17),
        too_many=48,
        comment="The market weeks brought many women from the hills.",
    ),
)

FIRST_BREATH = Story(
    slug="first-breath",
    name="First Breath",
    purpose="Bag and mask beside every delivery bed in three small places of Orlis district, to "
    "bring infant mortality down by 40 %. Invented. Its first figures look splendid; it is too "
    "young and too small to tell.",
    partners="Orlis Rotary Circle",
    first=-24,
    last=9,
    due=17,
    reduction_percent=Decimal(40),
    phases={
        PROGRAM: (
            Phase(-24, -1, 52.0, 4.2, 27.0, BEFORE),
            Phase(0, 5, 49.0, 4.2, 27.0, (80, 48, 66, 41)),
            Phase(6, 9, 24.0, 4.2, 27.0, (82, 50, 68, 43)),
        ),
    },
    works=(
        Work(
            "Bag and mask practice",
            Lever.CARE,
            0,
            "Ten minutes of practice on a doll at the start of every week.",
            "Midwives of Orlis",
            {"sessions_held": 12, "workers_trained": 4},
        ),
    ),
    missing_percent=3,
)

STORIES = (HEALTHY_BEGINNINGS, CLEAN_BIRTH, FIRST_BREATH)
