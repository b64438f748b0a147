"""What counts are broken down by. Categories are retired, never lost."""

from django.contrib import admin, messages
from simple_history.utils import bulk_update_with_history

from metrics.models import Category, Dimension
from programs.admin.bases import HistoryAdmin, NamedTabularInline

CATEGORY_FIELDS = ["name", "code", "position", "is_unknown", "retired"]


class CategoryInline(NamedTabularInline):
    model = Category
    fields = CATEGORY_FIELDS

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("dimension")


@admin.register(Dimension)
class DimensionAdmin(HistoryAdmin):
    list_display = ["name", "code", "ordered"]
    list_filter = ["ordered"]
    search_fields = ["name", "code"]
    fields = ["name", "code", "ordered"]
    inlines = [CategoryInline]


@admin.register(Category)
class CategoryAdmin(HistoryAdmin):
    """One list of all categories, to retire some and to bring them back."""

    list_display = ["name", "dimension", "code", "position", "is_unknown", "retired"]
    list_select_related = ["dimension"]
    list_filter = ["dimension", "retired", "is_unknown"]
    search_fields = ["name", "code", "dimension__name"]
    autocomplete_fields = ["dimension"]
    fields = ["dimension", *CATEGORY_FIELDS]
    actions = ["retire", "bring_back"]

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.counts.exists())

    @admin.action(description="Retire selected categories", permissions=["change"])
    def retire(self, request, queryset):
        changed = _set_retired(request, queryset, True)
        messages.success(request, f"Retired: {changed}. Their counts stay.")

    @admin.action(description="Bring back selected categories", permissions=["change"])
    def bring_back(self, request, queryset):
        changed = _set_retired(request, queryset, False)
        messages.success(request, f"Brought back: {changed}.")


def _set_retired(request, queryset, retired) -> int:
    """Change those that are not so already, each with a version of its history."""
    changed = list(queryset.exclude(retired=retired))
    for category in changed:
        category.retired = retired
    bulk_update_with_history(changed, Category, ["retired"], default_user=request.user)
    return len(changed)
