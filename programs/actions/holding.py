"""Sites held still while it is decided when they were open, or while their reports come in."""

from collections.abc import Iterable

from programs.models import Site


def hold_sites(keys: Iterable[int]) -> list[Site]:
    """The sites as they are stored now; until the transaction ends nobody else ends a spell of
    theirs or submits a report of theirs.

    Held before reports and before programs, so that nobody waits for somebody who waits for them.
    """
    held = Site.objects.select_for_update(no_key=True).filter(pk__in=set(keys))
    return list(held.order_by("pk"))
