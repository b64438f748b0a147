"""What people say of a finding: explained or dismissed, and why; and taken back again."""

from datetime import date
from typing import Protocol

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q

from metrics.models import FindingReview
from programs.models import Membership, Role, Site

REVIEWED = "Somebody has reviewed this finding just now. Load the page again to see what was said."


class Reviewed(Protocol):
    """What must be known of a finding to keep what is said of it."""

    @property
    def site(self) -> Site: ...
    @property
    def month(self) -> date | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def fingerprint(self) -> str: ...


def decisions_of(membership: Membership) -> list[FindingReview.Decision]:
    """What a member may say of findings at the sites that the membership covers."""
    if membership.role == Role.MANAGER:
        return [FindingReview.Decision.EXPLAINED, FindingReview.Decision.DISMISSED]
    return [FindingReview.Decision.EXPLAINED] if membership.role == Role.REPORTER else []


def check_decides(membership: Membership) -> None:
    """A viewer reads findings, and says nothing of them."""
    if not decisions_of(membership):
        raise PermissionDenied(
            f"Only managers and reporters of {membership.program.name} may say something of its "
            "findings. Ask one of them."
        )


def review_finding(*, program, finding: Reviewed, decision: str, reason: str, by) -> FindingReview:
    """Keep what was said of a finding, and return it. It holds while its counts stand.

    A manager of the site may explain or dismiss, its reporter explain (else PermissionDenied);
    ValidationError without a reason, and where somebody else was quicker
    """
    _check_may_say(by, program, finding.site, decision)
    if not reason.strip():
        raise ValidationError("Say why, so that the next reader need not ask.")
    review = FindingReview(
        program=program,
        site=finding.site,
        month=finding.month,
        kind=str(finding.kind),
        fingerprint=finding.fingerprint,
        decision=decision,
        reason=reason.strip(),
        reviewed_by=by,
    )
    review._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    try:
        with transaction.atomic():
            review.save()
    except IntegrityError:
        raise ValidationError(REVIEWED) from None
    return review


@transaction.atomic
def reopen_finding(*, review: FindingReview, by) -> None:
    """Take back what was said, so that the finding is open again. Its history stays.

    Who may say it may take it back (else PermissionDenied).
    """
    _check_may_say(by, review.program, review.site, review.decision)
    review._history_user = by  # type: ignore[attr-defined]  # read by simple_history
    review.delete()


def _check_may_say(user, program, site, decision) -> None:
    own = Membership.objects.filter(Q(all_sites=True) | Q(sites=site), program=program, user=user)
    allowed = {said for membership in own for said in decisions_of(membership)}
    if not allowed:
        raise PermissionDenied(
            f"Only managers and reporters of {site.name} may say something of its findings. "
            "Ask one of them."
        )
    if decision not in allowed:
        raise PermissionDenied(
            f"Only a manager of {site.name} may dismiss a finding. Explain it instead, or ask one."
        )
