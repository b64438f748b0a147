"""A story comes into the database: program, sites, promise, interventions, reports."""

from collections.abc import Sequence
from datetime import date, datetime, time
from random import Random

from django.utils.timezone import make_aware

from metrics.demo.counts import SiteMonth, choose_missing, draw_counts, open_months
from metrics.demo.people import REPORTER_SITES, Cast, join_program
from metrics.demo.places import PlannedSite, create_site, planned_sites
from metrics.demo.reports import (
    Counts,
    approve_reports,
    break_down_by_sex,
    correct_report,
    send_reports,
    store_reports,
)
from metrics.demo.story import Story
from metrics.models import MonthlyReport
from metrics.notices import announce_waiting
from programs.models import (
    Intervention,
    InterventionOutput,
    Membership,
    OperationSpell,
    Participation,
    Program,
    Site,
    Target,
)
from programs.periods import shift_month

BROKEN_DOWN_MONTHS = 6  # the last ones are counted by sex, too


def load_story(story: Story, cast: Cast, today: date) -> Program:
    """Create everything one story tells. Its last month is the last one that is over."""
    start = shift_month(today.replace(day=1), -1 - story.last)
    program = Program.objects.create(
        slug=story.slug,
        name=story.name,
        purpose=story.purpose,
        partners=story.partners,
        start_month=start,
        planned_end_month=shift_month(start, story.due + 6),
        status=Program.Status.RUNNING,
        approval_required=story.approval_required,
    )
    planned = planned_sites(story.slug)
    sites = {own.code: _create_site(own, program, story) for own in planned}
    join_program(program, cast)
    chance = Random(story.slug)  # noqa: S311 - the same counts on every load are the point
    _promise(program, story, cast.manager)
    _create_works(program, story, sites, chance)
    _create_reports(program, story, planned, sites, cast, today, chance)
    _date_back(program, story, cast.admin)
    return program


def _create_site(planned, program, story):
    site = create_site(planned, program.start_month, story.numbers)
    Participation.objects.create(
        program=program,
        site=site,
        role=planned.role,
        first_month=shift_month(program.start_month, story.first),
    )
    return site


def _promise(program, story, manager):
    """Fix the contract, and lock it before the program begins."""
    lock_day = shift_month(program.start_month, -1).replace(day=28)
    Target.objects.create(
        program=program,
        reduction_percent=story.reduction_percent,
        baseline_first=shift_month(program.start_month, story.first),
        due_month=shift_month(program.start_month, story.due),
        locked_at=make_aware(datetime.combine(lock_day, time(9))),
        locked_by=manager,
    )


def _date_back(program, story, admin):
    """Let what set the program up be written down when it was, not when this was loaded."""
    begun = _morning_of(shift_month(program.start_month, story.first))
    sites = list(program.sites.values_list("pk", flat=True))
    for versions in (
        Program.history.filter(id=program.pk),
        Participation.history.filter(program=program),
        Membership.history.filter(program=program),
        Site.history.filter(id__in=sites),
        OperationSpell.history.filter(site__in=sites),
    ):
        versions.update(history_date=begun, history_user=admin)
    for target in program.targets.all():
        target.history.update(history_date=target.locked_at, history_user=target.locked_by)
    for work in program.interventions.all():
        work.history.update(history_date=_morning_of(work.first_month), history_user=admin)


def _morning_of(day) -> datetime:
    return make_aware(datetime.combine(day, time(9)))


def _create_works(program, story, sites, chance):
    for work in story.works:
        intervention = Intervention.objects.create(
            program=program,
            name=work.name,
            lever=work.lever,
            first_month=shift_month(program.start_month, work.first),
            what_was_done=work.what_was_done,
            done_by=work.done_by,
        )
        intervention.sites.set(sites[code] for code in work.sites)
        InterventionOutput.objects.bulk_create(
            InterventionOutput(
                intervention=intervention,
                month=shift_month(program.start_month, number),
                **{name: _vary(chance, usual) for name, usual in work.outputs.items()},
            )
            for number in range(work.first, story.last + 1)
        )


def _vary(chance, usual):
    return round(usual * chance.uniform(0.8, 1.2))


def _create_reports(program, story, planned, sites, cast, today, chance):
    """Draw the counts, send them through the gate, approve all but the last months."""
    counts = _draw(story, planned, chance)
    by_site: dict[str, dict[date, dict[str, int]]] = {code: {} for code in sites}
    for (code, number), own in _with_mistakes(story, counts).items():
        by_site[code][shift_month(program.start_month, number)] = own
    reports = []
    for code, own in by_site.items():
        by = cast.reporter if code in REPORTER_SITES else cast.manager2
        sending = {"program": program, "by": by, "today": today, "chance": chance}
        reports += send_reports(sites[code], own, **sending)
    if story.doubt:
        _comment(reports, story.doubt, sites, program)
    store_reports(reports)
    last = shift_month(program.start_month, story.last)
    approve_reports(_until(reports, last, story.waiting_months), by=cast.manager, today=today)
    break_down_by_sex(program, _since(reports, last, BROKEN_DOWN_MONTHS), chance)
    if story.correction:
        _correct(program, story.correction, counts, cast, today)
    announce_waiting([site.pk for site in sites.values()], by=cast.manager2)


def _draw(story: Story, planned: Sequence[PlannedSite], chance) -> dict[SiteMonth, Counts]:
    """What was counted, wherever it was reported. The reporter has left out no earlier month."""
    counts: dict[SiteMonth, Counts] = {}
    for role, phases in story.phases.items():
        own = [site for site in planned if site.role == role]
        asked = open_months(own, story.numbers)
        chosen = choose_missing(chance, asked, story.missing_percent)
        missing = {place for place in chosen if place[0] not in REPORTER_SITES} | story.missing
        reported = [site_month for site_month in asked if site_month not in missing]
        counts |= draw_counts(chance, own, phases, reported)
    return counts


def _with_mistakes(story, counts):
    """The counts as they first came in."""
    for mistake in filter(None, [story.correction, story.doubt]):
        right = counts[mistake.place]
        wrong = dict(right) | {"live_births": right["live_births"] + mistake.too_many}
        counts = counts | {mistake.place: wrong}
    return counts


def _comment(reports, doubt, sites, program):
    code, number = doubt.place
    month = shift_month(program.start_month, number)
    for report in reports:
        if (report.site, report.month) == (sites[code], month):
            report.comment = doubt.comment


def _until(reports, last, months):
    return [own for own in reports if own.month <= shift_month(last, -months)]


def _since(reports, last, months):
    return [own for own in reports if own.month > shift_month(last, -months)]


def _correct(program, mistake, counts, cast, today):
    correct_report(
        MonthlyReport.objects.select_related("site").get(
            site__code=mistake.place[0],
            month=shift_month(program.start_month, mistake.place[1]),
        ),
        counts[mistake.place],
        mistake,
        people=(cast.manager, cast.reporter, cast.manager2),
        today=today,
    )
