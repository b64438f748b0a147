"""A form in which sites of one program are chosen."""

from django import forms
from django.core.exceptions import ValidationError

MOST_NAMED = 5


class ChosenSitesForm(forms.ModelForm):
    """Refuses sites that take no part in the program: choosing them would do nothing."""

    def clean(self):
        super().clean()
        program, sites = self.cleaned_data.get("program"), self.cleaned_data.get("sites")
        if program and sites:
            self._refuse_strangers(program, sites.exclude(participations__program=program))

    def _refuse_strangers(self, program, strangers):
        names = [str(site) for site in strangers[: MOST_NAMED + 1]]
        if not names:
            return
        named = ", ".join(names[:MOST_NAMED]) + (" and others" if names[MOST_NAMED:] else "")
        self.add_error(
            "sites",
            ValidationError(
                f"Not taking part in {program}: {named}. Add their participation first, or leave "
                "them out."
            ),
        )
