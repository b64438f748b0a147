"""Which of the released figures to look at."""

from collections.abc import Sequence
from typing import cast

from django import forms

from programs.models import Measure


class ReleasedForm(forms.Form):
    """A measure and a reporting year. What is not among them shows the promised measure and the
    last year."""

    measure = forms.ChoiceField(choices=Measure.choices, required=False)
    year = forms.ChoiceField(required=False)

    def __init__(self, asked, *, usual: Measure, years: Sequence[str]):
        latest = years[-1] if years else ""
        known = {"measure": Measure.values, "year": years}
        wanted = {name: asked[name] for name in known if asked.get(name) in known[name]}
        super().__init__({"measure": str(usual), "year": latest} | wanted)
        field = cast(forms.ChoiceField, self.fields["year"])
        field.choices = [(year, year) for year in reversed(years)]
        if len(years) < 2:
            del self.fields["year"]
        self.is_valid()
        self.measure_asked = Measure(self.cleaned_data["measure"])
        self.year_asked = self.cleaned_data.get("year", latest)
