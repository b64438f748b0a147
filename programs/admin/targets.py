"""The promises: made here, locked here, replaced here by new versions."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.utils import timezone

from programs.actions import lock_target, revise_target
from programs.admin.bases import HistoryAdmin
from programs.admin.words import WordsForm, ask_for_words, do_each, tell_refusals
from programs.models import Target
from programs.periods import format_month, month_of


class TargetForm(forms.ModelForm):
    """Periods left empty are filled by the model. A second promise about one measure is a new
    version of the first."""

    def clean(self):
        super().clean()
        program, measure = self.cleaned_data.get("program"), self.cleaned_data.get("measure")
        if self.instance.pk is None and program and measure:
            self._refuse_second(Target.objects.filter(program=program, measure=measure).first())

    def _refuse_second(self, latest):
        if latest is None:
            return
        raise ValidationError(
            f"This program has its promise: {latest}. Change that one; once it is locked, choose "
            "“New version” for it in the list of targets."
        )


class LockedFilter(admin.SimpleListFilter):
    title = "locked"
    parameter_name = "locked"

    def lookups(self, request, model_admin):
        return [("yes", "Yes"), ("no", "No")]

    def queryset(self, request, queryset):
        if self.value() in ("yes", "no"):
            return queryset.filter(locked_at__isnull=self.value() == "no")
        return queryset


@admin.register(Target)
class TargetAdmin(HistoryAdmin):
    """Whoever may change targets may lock them. Nobody changes or deletes a locked one."""

    form = TargetForm
    list_display = [
        "__str__",
        "program",
        "baseline_period",
        "evaluation_period",
        "due_month",
        "version",
        "locked",
    ]
    list_select_related = ["program"]
    list_filter = ["measure", LockedFilter, "program"]
    search_fields = ["program__name", "measure", "reason"]
    autocomplete_fields = ["program"]
    actions = ["lock", "make_new_version"]
    fieldsets = [
        ("Promise", {"fields": ["program", "measure", "reduction_percent", "level", "per"]}),
        (
            "Periods",
            {
                "fields": [
                    "due_month",
                    ("baseline_first", "baseline_last"),
                    ("evaluation_first", "evaluation_last"),
                ]
            },
        ),
        ("Conditions", {"fields": ["sites_rule", "min_completeness", "confidence"]}),
    ]
    version_fieldset = ("Version", {"fields": ["version", "reason", "locked_at", "locked_by"]})

    def get_fieldsets(self, request, obj=None):
        fieldsets = super().get_fieldsets(request, obj)
        return [*fieldsets, self.version_fieldset] if obj else fieldsets

    def get_readonly_fields(self, request, obj=None):
        """What the promise is about stays: a promise about something else is another one."""
        fixed = ["version", "locked_at", "locked_by"]
        if obj is None:
            return super().get_readonly_fields(request, obj)
        return [*fixed, "program", "measure", *([] if obj.version > 1 else ["reason"])]

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and not (obj and obj.is_locked)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and not (obj and obj.is_locked)

    @admin.display(boolean=True, ordering="locked_at")
    def locked(self, target):
        return target.is_locked

    @admin.action(description="Lock selected targets", permissions=["change"])
    def lock(self, request, queryset):
        locked, refusals = do_each(
            queryset, lambda target: lock_target(target=target, by=request.user)
        )
        for target in locked:
            messages.success(request, f"{target}, is locked.")
            _warn_when_late(request, target)
        tell_refusals(request, refusals)

    @admin.action(description="New version of selected targets", permissions=["change"])
    def make_new_version(self, request, queryset):
        title, label = "New version", "Why does a new version replace this one?"
        form = WordsForm(
            request, label=label, empty="Say why this version replaces the one before."
        )
        if not form.is_valid():
            return ask_for_words(self, request, queryset, form=form, title=title)
        revised, refusals = self._revise(request, queryset, form.cleaned_data["words"])
        tell_refusals(request, refusals)
        return redirect("admin:programs_target_change", revised[0].pk) if revised else None

    def _revise(self, request, queryset, reason):
        def revise(target):
            return revise_target(target=target, reason=reason, by=request.user)

        revised, refusals = do_each(queryset, revise)
        for target in revised:
            messages.success(request, f"{target}, was made. Change what is new in it and lock it.")
        return revised, refusals


def _warn_when_late(request, target):
    if target.evaluation_first <= month_of(timezone.localdate()):
        messages.warning(
            request,
            f"{target}, was locked when its evaluation period had begun "
            f"({format_month(target.evaluation_first)}). A promise is worth more before.",
        )
