"""What viewers see where small counts are withheld: one function, through which all doors go."""

from datetime import date

from metrics.summaries.release.figures import (
    Release,
    ReleasedChange,
    ReleasedContract,
    ReleasedFigures,
    ReleasedPlace,
)
from metrics.summaries.release.released import release_circle
from metrics.summaries.release.structure import read_circle
from programs.models import Membership
from programs.withholding import withholding_circle

__all__ = [
    "Release",
    "ReleasedChange",
    "ReleasedContract",
    "ReleasedFigures",
    "ReleasedPlace",
    "release_for",
]


def release_for(membership: Membership, today: date) -> Release | None:
    """What is released to a member; None where nothing is withheld from them."""
    circle = withholding_circle(membership)
    if circle is None or circle.up_to is None:
        return None
    sites = None if membership.all_sites else membership.sites.values_list("pk", flat=True)
    programs = read_circle(circle, today)
    return Release(
        released=release_circle(circle, programs, today=today),
        own=next(own for own in programs if own.program == membership.program),
        as_of=today,
        up_to=circle.up_to,
        seen=None if sites is None else frozenset(sites),
    )
