"""What is to be known: indicator cards, benchmarks, pitfalls, questions, first steps."""

from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.charts import NARROW, WIDE, draw_benchmarks
from metrics.summaries import (
    begin_with,
    exemplify,
    find_first_steps,
    find_pitfalls,
    read_card,
    read_cards,
    summarise_benchmarks,
)
from metrics.views.access import get_membership, list_programs, send_picture, shown_sites
from metrics.views.questions import QUESTIONS
from programs.models import Measure, Membership, Participation, Program, Site

MOST_EXAMPLES = 10  # programs shown beside what is explained; the others can be chosen


@dataclass(frozen=True)
class _Choice:
    """One's own programs by name, and those of them to show.

    chosen : the one that was asked for; None shows the first ones
    """

    programs: list[Program]
    chosen: Program | None

    @property
    def shown(self) -> list[Program]:
        return [self.chosen] if self.chosen else self.programs[:MOST_EXAMPLES]

    @property
    def more(self) -> int:
        return 0 if self.chosen else len(self.programs) - len(self.shown)


@require_safe
@login_required
def knowledge(request):
    """Show the door to all that is explained."""
    context = {"cards": read_cards(), "programs": _list_programs(request.user)}
    return render(request, "metrics/knowledge/knowledge.html", context)


@require_safe
@login_required
def indicator(request, measure):
    """Show a measure's card, with one's own figures as examples."""
    choice, measure = _choose(request), Measure(measure)
    examples = exemplify(choice.shown, [measure], today=timezone.localdate())
    context = {"card": read_card(measure), "choice": choice, "examples": examples[measure]}
    return render(request, "metrics/knowledge/indicator.html", context)


@require_safe
@login_required
def benchmarks(request):
    """Show every benchmark, and one's own programs beside them."""
    choice = _choose(request)
    groups = summarise_benchmarks(choice.shown, today=timezone.localdate())
    context = {
        "groups": [
            (own, [draw_benchmarks(own, shape) for shape in (WIDE, NARROW)]) for own in groups
        ],
        "without": [m for m in Measure if m not in [own.measure for own in groups]],
        "choice": choice,
    }
    return render(request, "metrics/knowledge/benchmarks.html", context)


@require_safe
@login_required
def benchmarks_chart(request, measure):
    """Send the picture of one measure as a file."""
    programs, today = _choose(request).shown, timezone.localdate()
    groups = summarise_benchmarks(programs, today=today, only=Measure(measure))
    picture = draw_benchmarks(groups[0]) if groups else None
    return send_picture(picture, f"benchmarks-{measure}-{today.isoformat()}.svg")


@require_safe
@login_required
def pitfalls(request, slug):
    """Show which pitfalls are found in a program's own figures."""
    membership = get_membership(request, slug)
    summary = find_pitfalls(
        membership.program, today=timezone.localdate(), shown_sites=shown_sites(membership)
    )
    context = {"program": membership.program, "summary": summary}
    return render(request, "metrics/knowledge/pitfalls.html", context)


@require_safe
@login_required
def questions(request):
    """Show what is often asked. The answers lead into one of one's own programs."""
    program = begin_with(_list_programs(request.user))
    context = {"groups": QUESTIONS, "program": program}
    return render(request, "metrics/knowledge/questions.html", context)


@require_safe
@login_required
def first_steps(request):
    """Show where to begin, by what one may do."""
    memberships = Membership.objects.filter(user=request.user).select_related("program")
    choice = _choose(request)
    steps = find_first_steps(
        sorted(memberships, key=lambda own: _by_name(own.program)),
        list(Site.objects.writable_by(request.user)),
        set(Participation.objects.visible_to(request.user).values_list("pk", flat=True)),
        today=timezone.localdate(),
        shown=choice.programs,
        chosen=choice.chosen,
    )
    context = {"steps": steps, "choice": choice}
    return render(request, "metrics/knowledge/first_steps.html", context)


def _choose(request) -> _Choice:
    programs, slug = _list_programs(request.user), request.GET.get("program")
    chosen = next((own for own in programs if own.slug == slug), None)
    if slug and chosen is None:
        raise Http404("There is no such program.")
    return _Choice(programs, chosen)


def _list_programs(user) -> list[Program]:
    """Those whose figures one may see as they are."""
    return list_programs(user)[0]


def _by_name(program):
    return program.name.casefold(), program.pk
