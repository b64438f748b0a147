"""Writes that must be audited, each in one transaction with its history."""

from programs.actions.holding import hold_sites
from programs.actions.joining import (
    InvitationClosedError,
    Outcome,
    accept_invitation,
    foresee,
    join_anew,
)
from programs.actions.moving import check_move, record_move
from programs.actions.people import (
    change_membership,
    digest,
    invite_person,
    marker,
    remove_member,
    resend_invitation,
    withdraw_invitation,
)
from programs.actions.site_life import NewSite, close_site, merge_sites, open_site, split_site
from programs.actions.targets import lock_target, revise_target

__all__ = [
    "InvitationClosedError",
    "NewSite",
    "Outcome",
    "accept_invitation",
    "change_membership",
    "check_move",
    "close_site",
    "digest",
    "foresee",
    "hold_sites",
    "invite_person",
    "join_anew",
    "lock_target",
    "marker",
    "merge_sites",
    "open_site",
    "record_move",
    "remove_member",
    "resend_invitation",
    "revise_target",
    "split_site",
    "withdraw_invitation",
]
