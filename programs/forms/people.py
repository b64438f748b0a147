"""Who may do what: a member's part, and an invitation."""

from typing import cast

from django import forms

from programs.models import Role, Site
from programs.roles import MAY, MAY_WITH_ALL

ALL, SOME = "all", "some"
TICK = {"class": "form-check-input"}
ROLES = {role.value: f"{role.label}: {MAY[role]}" for role in Role}
ROLES[Role.MANAGER] += f". With all sites, also {MAY_WITH_ALL}"


class PartForm(forms.Form):
    """A role in a program, at all of its sites or at those that are ticked. What is ticked says
    nothing while all sites are meant, and stays where it is."""

    role = forms.ChoiceField(
        label="What they may do",
        choices=ROLES,
        widget=forms.RadioSelect(TICK),
        error_messages={"required": "Choose what they may do."},
    )
    covers = forms.ChoiceField(
        label="Where",
        choices=[(ALL, "At all sites, also those that join later"), (SOME, "At these sites:")],
        widget=forms.RadioSelect(TICK),
        error_messages={"required": "Choose all sites, or name some."},
    )
    sites = forms.ModelMultipleChoiceField(
        Site.objects.none(), required=False, widget=forms.CheckboxSelectMultiple(TICK)
    )

    def __init__(self, *args, program, **kwargs):
        super().__init__(*args, **kwargs)
        sites = cast(forms.ModelMultipleChoiceField, self.fields["sites"])
        sites.queryset = program.sites.order_by("name", "code")

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if given.get("covers") == SOME and "sites" in given and not given["sites"]:
            self.add_error("sites", "Tick one site at least, or choose all sites.")

    @property
    def part(self) -> dict:
        """What was chosen, as the actions take it."""
        given = self.cleaned_data
        all_sites = given["covers"] == ALL
        sites = [] if all_sites else list(given["sites"])
        return {"role": Role(given["role"]), "all_sites": all_sites, "sites": sites}


class MemberForm(PartForm):
    """Another part for a member, as the person who sends it saw the one before."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args, membership, seen, **kwargs):
        now = {"role": membership.role, "covers": ALL if membership.all_sites else SOME}
        initial = now | {"sites": list(membership.sites.all()), "seen": seen}
        super().__init__(*args, initial=initial, program=membership.program, **kwargs)


class InvitationForm(PartForm):
    """Somebody's address, and what they are offered."""

    field_order = ["email"]
    email = forms.EmailField(
        label="E-mail address",
        widget=forms.EmailInput({"autocomplete": "off"}),
        error_messages={"required": "Give the address that the invitation goes to."},
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, initial={"role": Role.REPORTER, "covers": SOME}, **kwargs)
