"""Areas and sites, with the months in which each site was open."""

from itertools import pairwise

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError

from programs.admin.bases import HistoryAdmin, NamedFormSet, NamedTabularInline, PlainAdmin
from programs.models import Area, OperationSpell, Site


@admin.register(Area)
class AreaAdmin(PlainAdmin):
    list_display = ["name", "code", "kind", "parent"]
    list_select_related = ["parent"]
    list_filter = ["kind"]
    search_fields = ["name", "code"]
    autocomplete_fields = ["parent"]
    fields = ["name", "code", "kind", "parent"]


class SpellForm(forms.ModelForm):
    """One spell. What holds between spells is asked of all of them together: the stored ones
    may be changing in this very submit, so that one spell can end where the next begins."""

    def _post_clean(self):
        self.instance.clean = lambda: None
        super()._post_clean()


class SpellFormSet(NamedFormSet):
    """All spells of one site, which may not overlap as they will stand after this submit."""

    def clean(self):
        super().clean()
        if any(self.errors):
            return
        kept = [form for form in self.forms if form not in self.deleted_forms]
        spells = [form.instance for form in kept if form.instance.first_month]
        in_order = sorted(spells, key=lambda spell: spell.period)
        overlaps = [
            f"The spell {later} overlaps the one {earlier}. Spells of one site may not overlap; "
            "change one of them."
            for earlier, later in pairwise(in_order)
            if earlier.period.intersection(later.period)
        ]
        if overlaps:
            raise ValidationError(overlaps)

    def save_existing_objects(self, commit=True):
        """Close and delete first: the database lets one spell be open at a time."""
        initial = self.initial_form_count()
        deleted = self.deleted_forms
        self.forms[:initial] = sorted(
            self.forms[:initial],
            key=lambda form: form not in deleted and form.instance.last_month is None,
        )
        return super().save_existing_objects(commit)


class SpellInline(NamedTabularInline):
    model = OperationSpell
    form = SpellForm
    formset = SpellFormSet
    fields = ["first_month", "last_month"]


@admin.register(Site)
class SiteAdmin(HistoryAdmin):
    """A site. `metrics` adds its last report."""

    list_display = ["name", "code", "area", "kind", "setting"]
    list_select_related = ["area"]
    list_filter = ["kind", "setting", "programs"]
    search_fields = ["name", "code", "area__name"]
    autocomplete_fields = ["area"]
    inlines = [SpellInline]
    fieldsets = [
        (None, {"fields": ["name", "code", "area", "kind", "setting"]}),
        ("Where it lies", {"fields": ["latitude", "longitude", "distance_to_referral_km"]}),
        (
            "Who lives there",
            {"fields": ["mothers_with_schooling_percent", "has_safe_water", "poverty_quintile"]},
        ),
    ]
