"""The contract of a program: its promises, each with its versions."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.actions import lock_target
from programs.forms import ContractForm, markers
from programs.models import Measure, Membership, Program, Target
from programs.periods import month_of
from programs.permissions import check_may_manage
from programs.withholding import withholding_circle


@require_safe
@login_required
def contract(request, slug):
    """Show every version of every promise, and what may be done about it."""
    membership = get_object_or_404(
        Membership.objects.select_related("program"), user=request.user, program__slug=slug
    )
    program = membership.program
    program.own_membership = membership
    promises = _promises(program)
    context = {
        "program": program,
        "promises": promises,
        "open_measures": [m for m in Measure if m not in [own["measure"] for own in promises]],
        "may_manage": membership.manages_all,
        "withheld": withholding_circle(membership),
    }
    return render(request, "programs/contract.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def contract_new(request, slug):
    """Take a first promise, a change of an open one, or the next version of a locked one."""
    program = _get_program(request, slug)
    check_may_manage(request.user, program)
    measure = _read_measure(request)
    current = program.targets.current().filter(measure=measure).first()
    sent = request.POST if request.method == "POST" else None
    form = ContractForm(sent, program=program, measure=measure, current=current)
    if form.is_bound and form.is_valid():
        try:
            target = form.save_by(request.user)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except IntegrityError:
            form.add_error(None, "Somebody saved this version just now. Load the page again.")
        else:
            messages.success(request, f"{target}, is saved. It counts once it is locked.")
            return redirect("contract", slug=slug)
    context = {"program": program, "form": form, "measure": measure}
    status = 422 if form.is_bound else 200
    return render(request, "programs/contract_form.html", context, status=status)


@require_POST
@login_required
def contract_lock(request, slug, pk):
    """Lock a version as it was seen."""
    program = _get_program(request, slug)
    check_may_manage(request.user, program)
    target = get_object_or_404(program.targets, pk=pk)
    if request.POST.get("seen") != str(markers(program).get(target.pk, 0)):
        messages.error(request, f"{target}, has changed in between. Look again, then lock it.")
        return redirect("contract", slug=slug)
    try:
        locked = lock_target(target=target, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"{locked}, is locked.")
        if locked.evaluation_first <= month_of(timezone.localdate()):
            messages.warning(
                request,
                "Its evaluation period had begun by then. A promise is worth more before that.",
            )
    return redirect("contract", slug=slug)


def _get_program(request, slug):
    return get_object_or_404(Program.objects.visible_to(request.user), slug=slug)


def _read_measure(request):
    try:
        return Measure(request.GET.get("measure", Measure.INFANT))
    except ValueError as error:
        raise Http404("There is no such measure.") from error


def _promises(program):
    """The versions of each promise, newest first, and which state of them one is looking at."""
    versions: dict[str, list[Target]] = {}
    for target in program.targets.select_related("program", "locked_by"):
        versions.setdefault(target.measure, []).append(target)
    seen = markers(program)
    return [
        {"measure": m, "versions": versions[m], "seen": seen.get(versions[m][0].pk, 0)}
        for m in Measure
        if m in versions
    ]
