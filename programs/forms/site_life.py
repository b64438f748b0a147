"""What becomes of a site: one form for each act."""

from collections.abc import Sequence
from typing import ClassVar, cast

from django import forms

from programs.actions import NewSite, close_site, merge_sites, open_site, split_site
from programs.actions.site_life import LastReported
from programs.fields import MonthFormField
from programs.models import Area, Site

NEW_SITES = 3  # rows for the sites that follow a split
THIS, NEW = "this", "new"
TICK = {"class": "form-check-input"}


class NewSiteForm(forms.ModelForm):
    """A site that is to begin; a row without a name and a code is none."""

    class Meta:
        model = Site
        fields = ("name", "code", "kind", "area")

    def __init__(self, *args, areas: Sequence[Area], like, **kwargs):
        """areas : those it may lie in, fetched once for all rows"""
        kwargs["initial"] = {"kind": like.kind, "area": like.area_id}
        super().__init__(*args, **kwargs)
        area = cast(forms.ModelChoiceField, self.fields["area"])
        area.queryset = Area.objects.filter(pk__in=[own.pk for own in areas])
        area.choices = [(own.pk, str(own)) for own in areas]

    def has_changed(self):
        return bool({"name", "code"}.intersection(self.changed_data))

    @property
    def site(self) -> NewSite | None:
        return NewSite(**self.cleaned_data) if self.cleaned_data.get("code") else None


class LifeForm(forms.Form):
    """One act. `legend` heads it, `button` does it."""

    act: ClassVar[str]
    legend: ClassVar[str]
    button: ClassVar[str]
    month = MonthFormField()

    def __init__(
        self, data=None, *, site: Site, user, areas: Sequence[Area], last_reported: LastReported
    ):
        """areas : those in which a new site may lie"""
        super().__init__(data, prefix=self.act)
        self.site, self.user, self.areas, self.last_reported = site, user, areas, last_reported
        self.new_sites = self._make_rows(data)

    def _make_rows(self, data) -> list[NewSiteForm]:
        return []

    def _row(self, data, number, **kwargs) -> NewSiteForm:
        prefix = f"{self.act}-{number}"
        return NewSiteForm(data, prefix=prefix, areas=self.areas, like=self.site, **kwargs)

    def is_valid(self):
        return all([super().is_valid(), *(row.is_valid() for row in self.new_sites)])

    @property
    def sites_named(self) -> list[NewSite]:
        return [row.site for row in self.new_sites if row.site]

    def save_by(self, *, today) -> str:
        """Do it, and return what is to be said of it. ValidationError where it may not be."""
        raise NotImplementedError


class OpenForm(LifeForm):
    """A closed site opens."""

    act, legend, button = "open", "Open it", "Open"
    month = MonthFormField(label="First month")

    def save_by(self, *, today):
        spell = open_site(
            site=self.site, month=self.cleaned_data["month"], by=self.user, today=today
        )
        return f"{self.site.name} is open {spell}."


class CloseForm(LifeForm):
    """An open site closes; what it reported stays."""

    act, legend, button = "close", "Close it", "Close"
    month = MonthFormField(label="Last month")

    def save_by(self, *, today):
        spell = close_site(
            site=self.site,
            last_month=self.cleaned_data["month"],
            last_reported=self.last_reported,
            by=self.user,
            today=today,
        )
        return f"{self.site.name} was open {spell}. Nothing is expected of it after that."


class SplitForm(LifeForm):
    """One site becomes several."""

    act, legend, button = "split", "Split it", "Split"
    month = MonthFormField(label="First month of the new sites")
    goes_on = forms.BooleanField(
        label="The old site goes on, smaller",
        required=False,
        initial=True,
        widget=forms.CheckboxInput(TICK),
    )
    note = forms.CharField(
        label="What changed, in words for those who read the figures",
        widget=forms.Textarea({"rows": 2}),
    )

    def _make_rows(self, data):
        return [
            self._row(data, number, empty_permitted=True, use_required_attribute=False)
            for number in range(1, NEW_SITES + 1)
        ]

    def save_by(self, *, today):
        given = self.cleaned_data
        change = split_site(
            site=self.site,
            month=given["month"],
            parts=self.sites_named,
            goes_on=given["goes_on"],
            note=given["note"],
            last_reported=self.last_reported,
            by=self.user,
            today=today,
        )
        return f"{change}. Figures say so where they compare months before and after."


class MergeForm(LifeForm):
    """Several sites become one: this one, or a new one."""

    act, legend, button = "merge", "Merge it with others", "Merge"
    month = MonthFormField(label="First month of the one site")
    others = forms.ModelMultipleChoiceField(
        Site.objects.none(),
        label="Sites that join it",
        widget=forms.CheckboxSelectMultiple(TICK),
        error_messages={"required": "Tick the sites that join it."},
    )
    into = forms.ChoiceField(
        label="What they become",
        choices=[(THIS, "This site goes on, with the others in it"), (NEW, "A new site:")],
        initial=THIS,
        widget=forms.RadioSelect(TICK),
    )
    note = forms.CharField(
        label="What changed, in words for those who read the figures",
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, data=None, **kwargs):
        super().__init__(data, **kwargs)
        others = cast(forms.ModelMultipleChoiceField, self.fields["others"])
        beside = Site.objects.filter(participations__program__in=self.site.programs.all())
        others.queryset = (
            Site.objects.managed_by(self.user)
            .filter(pk__in=beside.values("pk"), spells__isnull=False, spells__last_month=None)
            .exclude(pk=self.site.pk)
        )

    def _make_rows(self, data):
        return [self._row(data, 1, empty_permitted=True, use_required_attribute=False)]

    def clean(self):
        super().clean()
        if self.cleaned_data.get("into") == NEW and not self.new_sites[0].has_changed():
            self.add_error("into", "Name the new site below.")

    def save_by(self, *, today):
        given = self.cleaned_data
        named = self.sites_named
        changes = merge_sites(
            sites=[self.site, *given["others"]],
            month=given["month"],
            into=named[0] if given["into"] == NEW and named else self.site,
            note=given["note"],
            last_reported=self.last_reported,
            by=self.user,
            today=today,
        )
        return f"{'; '.join(map(str, changes))}. Figures say so where they compare."


LIFE_FORMS: dict[str, type[LifeForm]] = {
    form.act: form for form in (OpenForm, CloseForm, SplitForm, MergeForm)
}
