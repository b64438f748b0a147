"""What each role may do, in words; and the part that somebody has in a program."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from programs.models import Invitation, Membership, Role, Site

MOST_NAMED = 3  # sites that are named before they are only counted
RANKS = {Role.VIEWER: 0, Role.REPORTER: 1, Role.MANAGER: 2}
MAY = {
    Role.VIEWER: "reads, and changes nothing",
    Role.REPORTER: "reads, and enters counts",
    Role.MANAGER: "enters counts, and approves what others entered",
}
MAY_DECIDE = "enters counts, approves, and decides who may do what"
MAY_WITH_ALL = (
    "brings in files, locks the contract, opens and closes sites, and decides who may do what"
)


@dataclass(frozen=True)
class Part:
    """A role in a program, at some of its sites or at all. sites : names, None for all"""

    role: Role
    sites: tuple[str, ...] | None

    @classmethod
    def of(cls, row: Membership | Invitation) -> Self:
        return cls.named(row.role, row.all_sites, () if row.all_sites else row.sites.all())

    @classmethod
    def named(cls, role: str, all_sites: bool, sites: Iterable[Site]) -> Self:
        names = sorted((site.name for site in sites), key=str.casefold)
        return cls(Role(role), None if all_sites else tuple(names))

    def __str__(self) -> str:
        return f"{self.role.label.lower()} of {self.places}"

    @property
    def places(self) -> str:
        """“all sites”, “Kebra and Orlis”, or “7 sites”."""
        if self.sites is None:
            return "all sites"
        if len(self.sites) > MOST_NAMED:
            return f"{len(self.sites)} sites"
        *others, last = self.sites or ("no site",)
        return f"{', '.join(others)} and {last}" if others else last

    @property
    def may(self) -> str:
        """What somebody with this part may do."""
        manages_all = self.role == Role.MANAGER and self.sites is None
        return MAY_DECIDE if manages_all else MAY[self.role]


class May(StrEnum):
    """An answer in the table of who may do what."""

    YES = "yes"
    AT_SITES = "at their sites"
    WITH_ALL_SITES = "with all sites"
    BY_ROLE = "by their role"
    NO = "no"


@dataclass(frozen=True)
class Act:
    """Something that is done here, and which role may."""

    words: str
    viewer: May
    reporter: May
    manager: May
    admin: May = May.BY_ROLE

    @property
    def answers(self) -> list[tuple[str, May]]:
        """By the name of the role, in the order of the table."""
        own = (self.viewer, self.reporter, self.manager, self.admin)
        return list(zip((*Role.labels, "Admin"), own, strict=True))


ACTS = (
    Act("See the program's figures, its contract and frozen verdicts", May.YES, May.YES, May.YES),
    Act("See a site's own figures and reports", May.AT_SITES, May.AT_SITES, May.AT_SITES),
    Act("Enter and submit counts", May.NO, May.AT_SITES, May.AT_SITES),
    Act("Explain what looks odd in the counts", May.NO, May.AT_SITES, May.AT_SITES),
    Act("Approve, return or reopen a report that others entered", May.NO, May.NO, May.AT_SITES),
    Act("Open a locked month of one site", May.NO, May.NO, May.AT_SITES),
    Act("Bring in counts from a file", May.NO, May.NO, May.WITH_ALL_SITES),
    Act("Make a promise, and lock it", May.NO, May.NO, May.WITH_ALL_SITES),
    Act("Freeze a verdict", May.NO, May.NO, May.WITH_ALL_SITES),
    Act("Open, close, split or merge sites", May.NO, May.NO, May.WITH_ALL_SITES),
    Act("Invite people, and decide who may do what", May.NO, May.NO, May.WITH_ALL_SITES),
    Act("Set up areas, sites, programs and accounts", May.NO, May.NO, May.NO, May.YES),
)
