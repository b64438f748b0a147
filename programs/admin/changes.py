"""What changed about a site or an area: recorded, so that figures can say what they compare."""

from django import forms
from django.contrib import admin

from programs.admin.bases import HistoryAdmin
from programs.models import PlaceChange

NO_NOTE = "Say what changed, in words for those who read the figures."
NO_SITES = "Name the sites that followed it."
NO_AREAS = "Name the areas that followed it, or say in the note what became of it."
NOT_SITES = "An area is followed by areas. Name them below."
NOT_AREAS = "A site is followed by sites. Name them above."
Kind = PlaceChange.Kind


class PlaceChangeForm(forms.ModelForm):
    """A change of a site or of an area. A move is recorded where the site's area changes."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "kind" in self.fields:
            self.fields["kind"].choices = [
                ("", "---------"),
                *((value, label) for value, label in Kind.choices if value != Kind.MOVED),
            ]

    def clean(self):
        super().clean()
        if "kind" in self.fields:
            for name, sentence in self._find_faults(self.cleaned_data):
                self.add_error(name, sentence)

    def _find_faults(self, given):
        kind, is_area = given.get("kind"), bool(given.get("area"))
        ends = kind in (Kind.SPLIT, Kind.MERGED)
        if is_area and given.get("successors"):
            yield "successors", NOT_SITES
        if given.get("site") and given.get("successor_areas"):
            yield "successor_areas", NOT_AREAS
        if ends and given.get("site") and not given.get("successors"):
            yield "successors", NO_SITES
        is_told = given.get("successor_areas") or given.get("note", "").strip()
        if ends and is_area and not is_told:
            yield "successor_areas", NO_AREAS
        if kind in (Kind.BOUNDARY, Kind.OTHER) and not given.get("note", "").strip():
            yield "note", NO_NOTE


@admin.register(PlaceChange)
class PlaceChangeAdmin(HistoryAdmin):
    """Of a move, only the month and the note can be mended: its areas are those of the site."""

    form = PlaceChangeForm
    list_display = ["where", "kind", "month", "note"]
    list_select_related = ["site", "area"]
    list_filter = ["kind"]
    search_fields = ["site__name", "site__code", "area__name", "note"]
    autocomplete_fields = ["site", "area", "successors", "successor_areas"]

    def get_fields(self, request, obj=None):
        if obj and obj.kind == Kind.MOVED:
            return ["kind", "site", "from_area", "to_area", "month", "note"]
        return ["kind", "month", "site", "area", "successors", "successor_areas", "note"]

    def get_readonly_fields(self, request, obj=None):
        is_move = obj and obj.kind == Kind.MOVED
        shown = ["kind", "site", "from_area", "to_area"] if is_move else []
        return [*super().get_readonly_fields(request, obj), *shown]

    @admin.display(description="site or area")
    def where(self, change):
        return str(change.place)
