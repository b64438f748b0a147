"""What people type: promises, who may do what, and what becomes of a site."""

from programs.forms.contracts import ContractForm, markers
from programs.forms.people import InvitationForm, MemberForm
from programs.forms.site_life import LIFE_FORMS, LifeForm

__all__ = ["LIFE_FORMS", "ContractForm", "InvitationForm", "LifeForm", "MemberForm", "markers"]
