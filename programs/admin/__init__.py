"""Who, where, when, promised what: set up by admins."""

from programs.admin.changes import PlaceChangeAdmin
from programs.admin.interventions import InterventionAdmin
from programs.admin.memberships import MembershipAdmin
from programs.admin.places import AreaAdmin, SiteAdmin
from programs.admin.programs import ParticipationAdmin, ProgramAdmin
from programs.admin.targets import TargetAdmin

__all__ = [
    "AreaAdmin",
    "InterventionAdmin",
    "MembershipAdmin",
    "ParticipationAdmin",
    "PlaceChangeAdmin",
    "ProgramAdmin",
    "SiteAdmin",
    "TargetAdmin",
]
