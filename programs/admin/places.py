"""Areas and sites, with the months in which each site was open."""

from itertools import pairwise

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.utils import timezone

from programs.actions import check_move, record_move
from programs.admin.bases import HistoryAdmin, NamedFormSet, NamedTabularInline, PlainAdmin
from programs.fields import MonthFormField
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


class SiteForm(forms.ModelForm):
    """A site. Where its area changes, it says whether it moved, and when."""

    moved_in = MonthFormField(
        label="First month in the new area",
        required=False,
        help_text="Only where the area above changes. Figures of areas then say that it moved.",
    )
    moved_note = forms.CharField(
        label="Why it moved, in words for those who read the figures", required=False
    )
    was_wrong = forms.BooleanField(
        label="It did not move: the area was entered wrongly", required=False
    )

    def clean(self):
        super().clean()
        given = self.cleaned_data
        if not self.moves or given.get("was_wrong") or "moved_in" in self.errors:
            return
        site, month = self.instance, given.get("moved_in")
        if month is None:
            self.add_error(
                "moved_in",
                f"{site.name} changes its area. Give the first month in the new one, or tick that "
                "it was entered wrongly.",
            )
            return
        try:
            check_move(site=site, month=month, today=timezone.localdate())
        except ValidationError as refusal:
            self.add_error("moved_in", refusal)

    @property
    def moves(self) -> bool:
        return bool(self.instance.pk) and "area" in self.changed_data


@admin.register(Site)
class SiteAdmin(HistoryAdmin):
    """A site. `metrics` adds its last report."""

    list_display = ["name", "code", "area", "kind", "setting"]
    list_select_related = ["area"]
    list_filter = ["kind", "setting", "programs"]
    search_fields = ["name", "code", "area__name"]
    autocomplete_fields = ["area"]
    inlines = [SpellInline]
    form = SiteForm
    fieldsets = [
        (None, {"fields": ["name", "code", "area", "kind", "setting"]}),
        ("Where it lies", {"fields": ["latitude", "longitude", "distance_to_referral_km"]}),
        (
            "Who lives there",
            {"fields": ["mothers_with_schooling_percent", "has_safe_water", "poverty_quintile"]},
        ),
    ]

    def get_fieldsets(self, request, obj=None):
        """The boxes about a move stand where there is an area to move out of."""
        first, *others = super().get_fieldsets(request, obj)
        if obj is None or not self.has_change_permission(request, obj):
            return [first, *others]
        moves = ("If the area changes", {"fields": ["moved_in", "moved_note", "was_wrong"]})
        return [first, moves, *others]

    def save_model(self, request, obj, form, change):
        before = Area.objects.get(pk=form.initial["area"]) if change and form.moves else None
        super().save_model(request, obj, form, change)
        if before and not form.cleaned_data["was_wrong"]:
            record_move(
                site=obj,
                before=before,
                month=form.cleaned_data["moved_in"],
                note=form.cleaned_data["moved_note"],
                by=request.user,
                today=timezone.localdate(),
            )
