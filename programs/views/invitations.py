"""An invitation as the person sees it who opens the link: with or without an account."""

from allauth.account.utils import perform_login
from allauth.core.internal.ratelimit import consume, respond_429
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.addresses import find_person
from accounts.forms import AccountForm
from programs.actions import (
    InvitationClosedError,
    Outcome,
    accept_invitation,
    digest,
    foresee,
    join_anew,
)
from programs.models import Invitation
from programs.roles import Part

SAID = {
    Outcome.JOINED: "Welcome. You are a {part} here.",
    Outcome.RAISED: "You are a {part} now.",
    Outcome.WIDENED: "You are a {part} now.",
    Outcome.UNCHANGED: "You may do as much here already, so nothing has changed.",
}


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request, secret):
    """Show what somebody is offered, and take their answer. A link that does not work says what
    happened and whom to ask, and names no program."""
    own = _find(secret)
    if own is None and _has_guessed_too_often(request):
        return respond_429(request)
    if own is None or own.state_on(timezone.localdate()) != Invitation.State.OPEN:
        return _say_closed(request, own)
    try:
        if request.user.is_authenticated:
            return _answer_with_account(request, own)
        return _answer_without(request, own)
    except InvitationClosedError:
        return _say_closed(request, _find(secret))


def _answer_with_account(request, own):
    membership = own.program.memberships.filter(user=request.user).first()
    if request.method == "POST":
        outcome = accept_invitation(invitation=own, by=request.user, today=timezone.localdate())
        part = Part.of(own.program.memberships.get(user=request.user))
        messages.success(request, SAID[outcome].format(part=part))
        return redirect("program", slug=own.program.slug)
    context = _describe(own) | {
        "outcome": foresee(own, membership),
        "part_now": membership and Part.of(membership),
    }
    return render(request, "programs/invitation.html", context)


def _answer_without(request, own):
    """Somebody whose address has an account signs in first; others make one."""
    if find_person(own.email):
        return render(request, "programs/invitation.html", _describe(own) | {"has_account": True})
    form = AccountForm(request.POST if request.method == "POST" else None, email=own.email)
    if form.is_bound and form.is_valid():
        try:
            account = join_anew(invitation=own, account=form.account, today=timezone.localdate())
        except ValidationError as refusal:
            form.add_error(None, refusal)
        except IntegrityError:
            form.add_error("username", "Somebody took this user name just now. Choose another.")
        else:
            messages.success(request, SAID[Outcome.JOINED].format(part=Part.of(own)))
            address = reverse("program", args=[own.program.slug])
            return perform_login(request, account, redirect_url=address)
    status = 422 if form.is_bound else 200
    return render(
        request, "programs/invitation.html", _describe(own) | {"form": form}, status=status
    )


def _has_guessed_too_often(request) -> bool:
    """As for passwords; the library's public door leaves GET out, and one is a guess here."""
    return not consume(request, app="allauth.account", action="invitation", limit_get=True)


def _find(secret) -> Invitation | None:
    known = Invitation.objects.select_related("program", "invited_by")
    return known.filter(secret_sha256=digest(secret)).first()


def _describe(own):
    return {"invitation": own, "offer": Part.of(own)}


def _say_closed(request, own):
    """404 where no such link was ever sent, 410 where it worked once."""
    state = own.state_on(timezone.localdate()) if own else None
    context = {
        "state": state,
        "ask": own and own.invited_by,
        "is_own": bool(own and own.accepted_by_id and own.accepted_by_id == request.user.pk),
        "answered_on": own and (own.accepted_at or own.withdrawn_at),
        "expired_on": own and own.expires_on,
    }
    return render(request, "programs/invitation_closed.html", context, status=410 if own else 404)
