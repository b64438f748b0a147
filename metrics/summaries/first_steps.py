"""Where somebody begins: their roles, their programs, and the first report they could enter."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from metrics.summaries.dues import SiteDues
from metrics.summaries.portfolio import summarise_portfolio
from programs.models import Membership, Program, Role, Site


@dataclass(frozen=True)
class RoleSteps:
    """One's part as viewer, reporter or manager. No memberships: one has no such part.

    shown : the programs whose figures one may see as they are; one begins with one of them
    chosen : the program that was asked for; None begins with one that runs
    """

    role: Role
    memberships: Sequence[Membership]
    shown: Collection[Program]
    chosen: Program | None = None

    @property
    def programs(self) -> list[Program]:
        return [own.program for own in self.memberships]

    @property
    def program(self) -> Program | None:
        shown = [own for own in self.programs if own in self.shown]
        return self.chosen or begin_with(shown) or begin_with(self.programs)

    @property
    def is_released(self) -> bool:
        """Whether one sees only what is released of the program one begins with."""
        return self.program is not None and self.program not in self.shown

    @property
    def may_import(self) -> bool:
        """Whether one may bring files into the program one begins with."""
        return any(own.manages_all for own in self.memberships if own.program == self.program)


@dataclass(frozen=True)
class FirstSteps:
    """Where to begin.

    sites : those whose counts one may enter, by name
    owed : the first of them that has not reported a month that is over; None where all have
    """

    roles: Sequence[RoleSteps]
    sites: Sequence[Site]
    owed: SiteDues | None

    @property
    def month(self) -> date | None:
        """The oldest month that it owes; None where so many sites owe some that none is named."""
        months = [own.month for own in self.owed.months] if self.owed else []
        return min(months, default=None)

    @property
    def own(self) -> list[RoleSteps]:
        return [own for own in self.roles if own.memberships]

    @property
    def others(self) -> list[RoleSteps]:
        return [own for own in self.roles if not own.memberships]


def begin_with(programs: Sequence[Program]) -> Program | None:
    """The program into which explanations lead: one that runs, if there is one."""
    running = [own for own in programs if own.status == Program.Status.RUNNING]
    return next(iter([*running, *programs]), None)


def find_first_steps(
    memberships: Sequence[Membership],
    writable: Sequence[Site],
    covered: Collection[int],
    *,
    today: date,
    shown: Collection[Program],
    chosen: Program | None = None,
) -> FirstSteps:
    """Say where somebody begins. The number of queries does not grow.

    memberships : theirs, with the programs
    writable : the sites whose counts they may enter
    covered : the participations whose sites they may see
    shown : the programs whose figures they may see as they are
    chosen : the program to lead into; then the part is the one they have there
    """
    wanted = [own for own in memberships if chosen in (None, own.program)]
    programs = [own.program for own in wanted]
    portfolio = summarise_portfolio(programs, today=today, covered=covered)
    dues = portfolio.dues({site.pk for site in writable})
    return FirstSteps(
        roles=[
            RoleSteps(role, [own for own in wanted if own.role == role], shown, chosen)
            for role in (Role.REPORTER, Role.MANAGER, Role.VIEWER)
        ],
        sites=writable,
        owed=next((own for own in dues.sites if own.may_enter), None),
    )
