"""Who may do what in a program: the list, each member's part, and invitations."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.actions import (
    change_membership,
    invite_person,
    marker,
    remove_member,
    resend_invitation,
    withdraw_invitation,
)
from programs.forms import InvitationForm, MemberForm
from programs.models import Membership, Program
from programs.people import list_changes, list_changes_of, list_invited, list_members
from programs.permissions import can_manage, check_may_manage
from programs.roles import ACTS, Part

MEMBERS_A_PAGE, CHANGES_A_PAGE = 50, 20
NOT_SENT = "The invitation of {} is stored, but its mail could not be sent. Send it again later."


@require_safe
@login_required
def people(request, slug):
    """Show who may do what, who is invited, and what changed about that."""
    program = _get_managed(request, slug)
    members = Paginator(list_members(program), MEMBERS_A_PAGE)
    changes = Paginator(list_changes(program), CHANGES_A_PAGE)
    context = {
        "program": program,
        "members": members.get_page(request.GET.get("members")),
        "invited": list_invited(program),
        "changes": changes.get_page(request.GET.get("page")),
        "acts": ACTS,
        "today": timezone.localdate(),
    }
    return render(request, "programs/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def member(request, slug, pk):
    """Take another part for a member. Whoever gives their own away is led to what is left."""
    program = _get_managed(request, slug)
    own = _get_member(program, pk)
    form = MemberForm(_sent(request), membership=own, seen=marker(own))
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data["seen"]
        try:
            own = change_membership(membership=own, seen=seen, by=request.user, **form.part)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{own.user} is a {Part.of(own)} now.")
            may_stay = can_manage(request.user, program)
            return redirect("people" if may_stay else "program", slug=slug)
    context = {"program": program, "membership": own, "part": Part.of(own), "form": form}
    context["changes"] = list_changes_of(own)
    return render(request, "programs/member.html", context, status=_status(form))


@require_POST
@login_required
def member_remove(request, slug, pk):
    """Take a member's part away."""
    program = _get_managed(request, slug)
    own = _get_member(program, pk)
    try:
        still_open = remove_member(membership=own, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("member", slug=slug, pk=pk)
    messages.success(request, f"{own.user} is no member any more. What they entered stays.")
    if still_open:
        messages.warning(request, _say_still_open(own.user, still_open))
    return redirect("portfolio") if own.user == request.user else redirect("people", slug=slug)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invite(request, slug):
    """Offer somebody a part, by e-mail."""
    program = _get_managed(request, slug)
    form = InvitationForm(_sent(request), program=program)
    if form.is_bound and form.is_valid():
        email = form.cleaned_data["email"]
        offer = form.part | {"email": email, "by": request.user, "today": timezone.localdate()}
        try:
            invite_person(program=program, **offer)
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except OSError:
            messages.error(request, NOT_SENT.format(email))
            return redirect("people", slug=slug)
        else:
            messages.success(request, f"{email} is invited. The link is on its way.")
            return redirect("people", slug=slug)
    context = {"program": program, "form": form}
    return render(request, "programs/invite.html", context, status=_status(form))


@require_POST
@login_required
def invitation_send(request, slug, pk):
    """Send an invitation again, with a new link."""
    own = _get_invitation(request, slug, pk)
    try:
        resend_invitation(invitation=own, by=request.user, today=timezone.localdate())
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    except OSError:
        messages.error(request, NOT_SENT.format(own.email))
    else:
        sentence = f"{own.email} gets a new link. The one before no longer works."
        messages.success(request, sentence)
    return redirect("people", slug=slug)


@require_POST
@login_required
def invitation_withdraw(request, slug, pk):
    """Take an invitation back."""
    own = _get_invitation(request, slug, pk)
    try:
        withdraw_invitation(invitation=own, by=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, f"{own.email} is no longer invited. The link is dead.")
    return redirect("people", slug=slug)


@require_safe
@login_required
def roles(request):
    """Show which role may do what."""
    return render(request, "programs/roles.html", {"acts": ACTS})


def _get_managed(request, slug) -> Program:
    """A program whose people one may see and change: a stranger finds none, others read why."""
    memberships = Membership.objects.select_related("program")
    own = get_object_or_404(memberships, user=request.user, program__slug=slug)
    if not own.manages_all:
        check_may_manage(request.user, own.program)
    own.program.own_membership = own
    return own.program


def _get_member(program, pk):
    memberships = program.memberships.select_related("user", "program").prefetch_related("sites")
    return get_object_or_404(memberships, pk=pk)


def _get_invitation(request, slug, pk):
    program = _get_managed(request, slug)
    return get_object_or_404(program.invitations.select_related("program"), pk=pk)


def _sent(request):
    return request.POST if request.method == "POST" else None


def _status(form):
    return 422 if form.is_bound else 200


def _say_still_open(person, number):
    invitations = "invitation is" if number == 1 else "invitations are"
    return (
        f"{number} {invitations} still open that {person} sent. Withdraw what you would not have "
        "sent."
    )
