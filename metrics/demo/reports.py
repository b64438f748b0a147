"""The counts of a story become reports: through the gate, with their history, some approved."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from django.utils.timezone import make_aware
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from metrics.approvals import MOVES, Move, approve_report, check_move, reopen_report, submit_report
from metrics.demo.counts import split_by_sex
from metrics.demo.story import Correction
from metrics.gate import PastCounts, SiteAtGate, check_breakdown, pass_gate
from metrics.models import BreakdownCount, Category, MonthlyReport
from programs.models import Program, Site
from programs.periods import shift_month
from programs.permissions import check_may_approve

LATE_PERCENT = 8
MOST_DAYS_LATE = 18
DAYS_TO_APPROVAL = 2
BATCH_ROWS = 500
EXPLANATION = "Counted again in the birth register: it is as written here."

Counts = Mapping[str, int]


def send_reports(
    site: Site,
    counts: Mapping[date, Counts],
    *,
    program: Program,
    by,
    today: date,
    chance: Random,
) -> list[MonthlyReport]:
    """Return a site's reports, submitted but not yet stored, each passed through the gate."""
    at_gate = SiteAtGate(site.name, tuple(site.operation))
    past = {month: (own["live_births"], own["infant_deaths"]) for month, own in counts.items()}
    reports = []
    for month, own in sorted(counts.items()):
        passage = pass_gate(own, site=at_gate, month=month, today=today, past=PastCounts(past))
        refuse_refused(passage.refusals, f"{site}, {month}")
        sent_at = _draw_time(chance, program, month, today)
        report = MonthlyReport(site=site, month=month, **passage.counts)
        report.status, report.entered_by = MOVES[Move.SUBMIT].end, by
        report.first_submitted_at = sent_at
        report.comment = EXPLANATION if passage.warnings else ""
        _note(report, Move.SUBMIT, sent_at, by)
        reports.append(report)
    return reports


def store_reports(reports: Sequence[MonthlyReport]):
    bulk_create_with_history(list(reports), MonthlyReport, batch_size=BATCH_ROWS)


def approve_reports(reports: Sequence[MonthlyReport], *, by, today: date):
    """Approve many at once, under the same conditions as one by one."""
    seen = {(own.site, own.month.year, own.entered_by): own.month for own in reports}
    for (site, _, author), month in seen.items():  # no site here leaves a program within a year
        check_may_approve(by, site, month, entered_by=author)
    for report in reports:
        check_move(report, Move.APPROVE)
        report.status = MOVES[Move.APPROVE].end
        report.version += 1
        now = _start_of(today)
        sent_at = report.first_submitted_at or now
        _note(report, Move.APPROVE, min(sent_at + timedelta(days=DAYS_TO_APPROVAL), now), by)
    bulk_update_with_history(
        list(reports), MonthlyReport, ["status", "version"], batch_size=BATCH_ROWS
    )


def correct_report(
    report: MonthlyReport, counts: Counts, mistake: Correction, *, people, today: date
):
    """Correct an approved report.

    people : who reopens it, who enters it again, and who approves it then
    """
    manager, reporter, approver = people
    reopened = reopen_report(report, by=manager, reason=mistake.reason)
    at_gate = SiteAtGate(report.site.name, tuple(report.site.operation))
    passage = pass_gate(counts, site=at_gate, month=report.month, today=today)
    refuse_refused(passage.refusals, str(report))
    corrected = submit_report(
        site=report.site,
        month=report.month,
        counts=passage.counts,
        seen_version=reopened.version,
        by=reporter,
        comment=mistake.comment,
    )
    approve_report(corrected, by=approver)


def break_down_by_sex(program: Program, reports: Sequence[MonthlyReport], chance: Random):
    """Let the program ask for counts by sex, where that dimension is in use, and store those of
    these reports."""
    categories = {own.code: own for own in Category.objects.in_use().filter(dimension__code="sex")}
    rows = []
    for report in reports:
        parts = split_by_sex(chance, report.live_births, report.infant_deaths or 0)
        if not parts.keys() <= categories.keys():
            return
        totals = {"live_births": report.live_births, "infant_deaths": report.infant_deaths}
        by_code = {code: part._asdict() for code, part in parts.items()}
        refusals, _ = check_breakdown("sex", totals, by_code)
        refuse_refused(refusals, str(report))
        rows += [
            BreakdownCount(report=report, category=categories[code], **part)
            for code, part in by_code.items()
        ]
    BreakdownCount.objects.bulk_create(rows, batch_size=BATCH_ROWS)
    program.dimensions.add(*{own.dimension_id for own in categories.values()})


def refuse_refused(refusals, place: str):
    """Stop the load when the gate refuses a count: a story obeys the rules that all obey."""
    if refusals:
        raise ValueError(f"{place}: {refusals[0]}")


def _draw_time(chance, program, month, today) -> datetime:
    """When a report came in: mostly before its due day, now and then after."""
    is_late = chance.randrange(100) < LATE_PERCENT
    day, days_late = chance.randint(2, 9), chance.randint(1, MOST_DAYS_LATE)
    hour = time(chance.randint(8, 17), chance.randrange(60))
    if is_late and month < shift_month(today.replace(day=1), -1):
        day = program.report_due_day + days_late
    sent_at = make_aware(datetime.combine(shift_month(month, 1).replace(day=day), hour))
    return min(sent_at, _start_of(today))


def _start_of(day) -> datetime:
    return make_aware(datetime.combine(day, time()))


def _note(report, move, moment, by):
    """Say in the report's history which move was made, when and by whom."""
    report._history_date, report._history_user, report._change_reason = moment, by, str(move)
