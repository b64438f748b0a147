"""Who, where, when, promised what."""

from programs.models.changes import PlaceChange
from programs.models.interventions import Intervention, InterventionOutput, Lever
from programs.models.invitations import Invitation
from programs.models.memberships import Membership, Role
from programs.models.places import Area, OperationSpell, Site
from programs.models.programs import Participation, Program
from programs.models.targets import Measure, Target

__all__ = [
    "Area",
    "Intervention",
    "InterventionOutput",
    "Invitation",
    "Lever",
    "Measure",
    "Membership",
    "OperationSpell",
    "Participation",
    "PlaceChange",
    "Program",
    "Role",
    "Site",
    "Target",
]
