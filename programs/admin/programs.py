"""Programs, with the sites that take part and the promises made."""

from django.contrib import admin
from django.urls import reverse
from django.utils.html import format_html

from programs.admin.bases import (
    EMPTY,
    HistoryAdmin,
    NamedFormSet,
    NamedTabularInline,
    NeverWritten,
)
from programs.models import Participation, Program, Target

MOST_ROWS = 100  # a form with more is slow to use and too long for one request


class ParticipationInline(NamedTabularInline):
    """The sites that take part. Which site it is does not change: that is another row."""

    model = Participation
    fields = ["site", "role", "first_month", "last_month", "chosen_because_high"]
    readonly_fields = ["site"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("program", "site")

    def has_add_permission(self, request, obj=None):
        return False


class NewParticipationFormSet(NamedFormSet):
    @classmethod
    def get_default_prefix(cls):
        return "new_participations"


class NewParticipationInline(NamedTabularInline):
    """Sites that join. Apart from those that take part, so that only new rows ask which site."""

    model = Participation
    formset = NewParticipationFormSet
    verbose_name_plural = "new participations"
    fields = ["site", "role", "first_month", "last_month", "chosen_because_high"]
    autocomplete_fields = ["site"]

    def get_queryset(self, request):
        return super().get_queryset(request).none()

    def has_delete_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)

    def has_view_permission(self, request, obj=None):
        return self.has_add_permission(request, obj)


class TargetInline(NeverWritten, NamedTabularInline):
    """The promises, each with a link to its page."""

    model = Target
    fields = ["baseline_period", "evaluation_period", "due_month", "locked"]
    readonly_fields = fields
    show_change_link = True
    verbose_name_plural = "targets (made and locked on their own pages)"

    @admin.display(boolean=True)
    def locked(self, target):
        return target.is_locked


@admin.register(Program)
class ProgramAdmin(HistoryAdmin):
    list_display = ["name", "status", "start_month", "planned_end_month", "approval_required"]
    list_filter = ["status", "approval_required"]
    search_fields = ["name", "slug", "partners"]
    readonly_fields = ["approval", "taking_part"]
    fieldsets = [
        (None, {"fields": ["name", "slug", "status", "purpose", "partners"]}),
        ("When", {"fields": ["start_month", "planned_end_month", "year_first_month"]}),
        (
            "Reports",
            {"fields": ["report_due_day", "approval", "self_approval_allowed"]},
        ),
        ("Small counts", {"fields": ["withhold_up_to"]}),
        ("Bands", {"fields": ["band_low", "band_high"]}),
        ("Sites", {"fields": ["taking_part"]}),
    ]

    def get_inlines(self, request, obj):
        few = obj is None or obj.participations.count() <= MOST_ROWS
        rows = [ParticipationInline] if obj and few else []
        return [*rows, NewParticipationInline, *([TargetInline] if obj else [])]

    def get_prepopulated_fields(self, request, obj=None):
        """Only while it is new: the slug is the program's address, which others have noted."""
        return {} if obj else {"slug": ["name"]}

    @admin.display(description="approval required")
    def approval(self, program):
        """Switched on its own page, which says first what it would do to the figures."""
        if program.pk is None:
            return "No. A manager switches it on once the program is there."
        return format_html(
            '{}. <a href="{}">Switch it {}</a>: a manager of all sites may, and sees first what '
            "the figures would be.",
            "Yes" if program.approval_required else "No",
            reverse("approval_switch", args=[program.slug]),
            "off" if program.approval_required else "on",
        )

    @admin.display(description="taking part")
    def taking_part(self, program):
        if program.pk is None:
            return EMPTY
        address = reverse("admin:programs_participation_changelist")
        return format_html(
            '<a href="{}?program__id__exact={}">All participations ({})</a>',
            address,
            str(program.pk),
            program.participations.count(),
        )


@admin.register(Participation)
class ParticipationAdmin(HistoryAdmin):
    list_display = ["site", "program", "role", "first_month", "last_month", "chosen_because_high"]
    list_select_related = ["site", "program"]
    list_filter = ["program", "role", "chosen_because_high"]
    search_fields = ["site__name", "site__code", "program__name"]
    autocomplete_fields = ["program", "site"]
    fields = ["program", "site", "role", "first_month", "last_month", "chosen_because_high"]
