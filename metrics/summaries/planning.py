"""What a program's births can show, asked before anything is promised."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.db.models import prefetch_related_objects

from metrics.stats.planning import Plan, plan_reduction
from metrics.stats.power import power_curve
from metrics.summaries.counts import NOTHING
from metrics.summaries.expected import expect_reports
from metrics.summaries.figures import PeriodFigures, figures_of
from metrics.summaries.gathering import count_program_months
from metrics.summaries.judging import confidence_of
from metrics.summaries.targets import rating_of
from programs.models import Measure, Program, Target
from programs.periods import Period, month_of, shift_month

USUAL_REDUCTION = Decimal(30)  # what is tried while nothing has been promised
RECENT_MONTHS = 12  # reported months that say how many births there are
FURTHEST_MONTHS = 1200  # a month a century away helps nobody
# True reductions on the picture: in even steps, and closer where the curve rises. Each costs a
# sum over all deaths that may come, so there are few.
EVEN_STEPS = tuple(float(Fraction(percent, 100)) for percent in range(0, 71, 10))
PARTS_OF_THE_RISE = (0.25, 0.5, 0.75, 0.9, 1.1, 1.25, 1.5)


@dataclass(frozen=True)
class ProgramPlan:
    """What can be shown of one measure with these births against this baseline.

    target : the contract planned with; never saved where nothing has been promised
    recent : the last months with a report, which say how many births there are; None without
    reported : how many months these are
    births_a_month : theirs, or what was tried instead; None without any
    months : of the evaluation period, or what was tried instead
    reduction : a share, 0.3 for 30 %; None where the baseline is no higher than the level
    plan : None where there is nothing to plan with; `obstacle` says why
    curve : the chance of showing a fall for each true reduction
    """

    program: Program
    target: Target
    as_of: date
    baseline: PeriodFigures
    recent: PeriodFigures | None
    reported: int
    births_a_month: float | None
    months: int
    reduction: float | None
    is_tried: bool
    plan: Plan | None
    curve: tuple[tuple[float, float], ...]

    @property
    def is_promised(self) -> bool:
        """Whether this is about the promise as it stands, and not about something tried."""
        return self.target.pk is not None and not self.is_tried

    @property
    def obstacle(self) -> str:
        """Why there is no plan: no_births, no_deaths, more_deaths_than_births or no_fall."""
        counts = self.baseline.counts
        if not (self.births_a_month and counts.births):
            return "no_births"
        if not counts.deaths:
            return "no_deaths"
        if counts.deaths >= counts.births:
            return "more_deaths_than_births"
        return "no_fall" if self.reduction is None else ""

    @property
    def due(self) -> date:
        """The last month of the evaluation."""
        return shift_month(self.target.evaluation_first, self.months - 1)

    @property
    def births(self) -> float:
        """The births to be expected in the evaluation."""
        return (self.births_a_month or 0) * self.months

    @property
    def births_a_year(self) -> float:
        return (self.births_a_month or 0) * 12

    @property
    def reduction_percent(self) -> float | None:
        return None if self.reduction is None else 100 * self.reduction

    @property
    def smallest_fall_percent(self) -> float | None:
        if self.plan is None or self.plan.smallest_fall is None:
            return None
        return 100 * self.plan.smallest_fall

    @property
    def power_percent(self) -> float | None:
        return None if self.plan is None else 100 * self.plan.power

    @property
    def curve_in_percent(self) -> list[tuple[float, float]]:
        """The curve with its reductions in percent."""
        return [(100 * reduction, chance) for reduction, chance in self.curve]

    @property
    def is_too_late(self) -> bool:
        """Whether the promise, just kept, could not be told from chance by the due month."""
        return self.plan is not None and not self.plan.can_be_judged

    @property
    def shown_from(self) -> date | None:
        """The month by whose end the fall could be shown; None where none is in sight."""
        if self.plan is None or self.plan.months_needed is None:
            return None
        needed = self.plan.months_needed
        if self.is_too_late:  # chance goes up in teeth: one month may do and the next not
            needed = max(needed, self.months + 1)
        if needed > FURTHEST_MONTHS:
            return None
        return shift_month(self.target.evaluation_first, needed - 1)


def assume_target(program: Program, measure: Measure = Measure.INFANT) -> Target:
    """The contract to plan with while nothing has been promised. It is never saved."""
    target = Target(program=program, measure=measure, reduction_percent=USUAL_REDUCTION)
    target.fill_defaults()
    return target


def plan_program(
    program: Program,
    target: Target | None,
    *,
    today: date,
    reduction: Decimal | None = None,
    births_a_month: Decimal | None = None,
    months: int | None = None,
) -> ProgramPlan:
    """Say what a program can show, with its own births and baseline at all its program sites.

    target : the promise; None where there is none yet, or one of `assume_target`
    today : counts run up to the last month that was over then
    reduction (in percent), births_a_month, months : to try others than the program's own
    """
    target = target or assume_target(program)
    by_month, expected = _count(program, target, today)
    period, rating = target.baseline_period, rating_of(target)
    baseline = figures_of(
        period,
        sum((by_month.get(month, NOTHING) for month in period), NOTHING),
        expected.in_period(period),
        rating,
    )
    reported = sorted(month for month in by_month if by_month[month].reports)[-RECENT_MONTHS:]
    recent = None
    if reported:
        latest = Period(reported[0], reported[-1])
        births = sum((by_month[month] for month in reported), NOTHING)
        recent = figures_of(latest, births, expected.in_period(latest), rating)
    own_births = float(Fraction(recent.counts.births, len(reported))) if recent else 0.0
    plan = ProgramPlan(
        program=program,
        target=target,
        as_of=today,
        baseline=baseline,
        recent=recent,
        reported=len(reported),
        births_a_month=(float(births_a_month) if births_a_month else own_births) or None,
        months=months or len(target.evaluation_period),
        reduction=_share(reduction, target, baseline),
        is_tried=not (reduction is births_a_month is months is None),
        plan=None,
        curve=(),
    )
    if plan.obstacle or plan.reduction is None or plan.births_a_month is None:
        return plan
    return _work_out(plan, plan.reduction, plan.births_a_month)


def _count(program, target, today):
    """The counts of the measure month by month, and the reports expected of program sites."""
    participations = list(program.participations.of_program_sites().select_related("site"))
    prefetch_related_objects(participations, "site__spells")
    expected = expect_reports(participations, shift_month(month_of(today), -1))
    measure = Measure(target.measure)
    counts = count_program_months(program, expected.span, [measure])
    return {month: own[measure] for month, own in counts.items()}, expected


def _share(reduction, target, baseline):
    """The reduction as a share of the baseline; None where a level asks for no fall."""
    if reduction is not None or target.level is None:
        percent = target.reduction if reduction is None else reduction
        return float(Fraction(percent) * Fraction(1, 100))
    counts = baseline.counts
    if not (counts.deaths and counts.births):
        return None
    ratio = Fraction(Fraction(target.level) * counts.births, target.per * counts.deaths)
    return float(1 - ratio) if ratio < 1 else None


def _work_out(plan, reduction, births_a_month):
    counts, months = plan.baseline.counts, plan.months
    alpha = 0.5 * (1 - confidence_of(plan.target))
    worked_out = plan_reduction(
        counts.deaths, counts.births, births_a_month, months,
        reduction=reduction, alpha=alpha,
    )  # fmt: skip
    if worked_out is None:
        return plan
    base_rate = float(Fraction(counts.deaths, counts.births))
    shown = power_curve(
        plan.births, counts.births, base_rate, reductions=_reductions(worked_out), alpha=alpha
    )
    promised = {reduction: worked_out.power_at_promise}
    return replace(plan, plan=worked_out, curve=tuple(sorted((dict(shown) | promised).items())))


def _reductions(worked_out):
    """Where to draw the curve, which a large program's climbs within a few percent."""
    rise = worked_out.smallest_fall or EVEN_STEPS[-1]
    near = (rise * part for part in PARTS_OF_THE_RISE)
    return sorted({*EVEN_STEPS, *(own for own in near if own < EVEN_STEPS[-1])})
