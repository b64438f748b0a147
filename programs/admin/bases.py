"""What all pages of the admin share: months written out, named boxes, a history to be read."""

from functools import cache

from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.options import InlineModelAdmin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import PermissionDenied
from django.forms.formsets import DELETION_FIELD_NAME
from django.forms.models import BaseInlineFormSet
from django.utils.text import capfirst
from simple_history.admin import SimpleHistoryAdmin
from simple_history.template_utils import HistoricalRecordContextHelper

from programs.fields import MonthField
from programs.periods import format_month

EMPTY = "-"


@cache
def written(field, write=format_month):
    """Return a column that writes a field in our way: the admin would write a month as a day."""

    @admin.display(description=field.verbose_name, ordering=field.name)
    def column(row):
        value = getattr(row, field.name)
        return EMPTY if value is None else write(value)

    column.__name__ = field.name  # its help text and its style go by the field's name
    return column


class MonthsWritten:
    """Writes months as 2024-01 in lists and wherever a value is shown rather than asked for.

    `plainly` : further fields to be written without the comma of thousands, such as a year
    """

    plainly: tuple[str, ...] = ()

    def get_list_display(self, request):
        return [self._write(name) for name in super().get_list_display(request)]

    def get_readonly_fields(self, request, obj=None):
        return [self._write(name) for name in super().get_readonly_fields(request, obj)]

    def get_fieldsets(self, request, obj=None):
        shown = set(self.get_readonly_fields(request, obj))
        if self._is_only_shown(request, obj):
            shown |= {self._write(field.name) for field in self.opts.fields}
        return [
            (title, options | {"fields": [self._pick(name, shown) for name in options["fields"]]})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def _is_only_shown(self, request, obj):
        adds = isinstance(self, InlineModelAdmin) and self.has_add_permission(request, obj)
        return obj is not None and not adds and not self.has_change_permission(request, obj)

    def _pick(self, name, shown):
        if isinstance(name, (list, tuple)):
            return [self._pick(part, shown) for part in name]
        return column if (column := self._write(name)) in shown else name

    def _write(self, name):
        fields = {field.name: field for field in self.opts.fields}
        if isinstance(fields.get(name), MonthField):
            return written(fields[name])
        return written(fields[name], str) if name in self.plainly else name


class NeverWritten:
    """Only to be looked at: nothing is added, changed or deleted here, by anybody."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class NamedFormSet(BaseInlineFormSet):
    """Gives each box of a table the name that people otherwise only see above its column."""

    def add_fields(self, form, index):
        super().add_fields(form, index)
        for name, field in form.fields.items():
            field.widget.attrs["aria-label"] = capfirst(field.label or name)
        if DELETION_FIELD_NAME in form.fields and form.instance.pk:
            box = form.fields[DELETION_FIELD_NAME].widget
            box.attrs["aria-label"] = f"Delete {form.instance}"


class NamedTabularInline(MonthsWritten, admin.TabularInline):
    formset = NamedFormSet
    extra = 0


class PlainAdmin(MonthsWritten, admin.ModelAdmin):
    class Media:
        js = ["js/autocomplete_names.js"]


class MonthsInHistory(HistoricalRecordContextHelper):
    def prepare_delta_change_value(self, change, value):
        if value and isinstance(self.model._meta.get_field(change.field), MonthField):
            return format_month(value)
        return super().prepare_delta_change_value(change, value)


class HistoryAdmin(MonthsWritten, SimpleHistoryAdmin):
    """Shows every stored version. The history is there to be read, not to be restored.

    The library's “Revert” would write an old row past the gate and past a target's lock, and
    its page saves for whoever may view.
    """

    object_history_list_template = "admin/history_list.html"

    class Media:
        js = ["js/autocomplete_names.js"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        """The library asks for an old version's form as if it were to be added."""
        return super().get_form(request, obj, change=change or obj is not None, **kwargs)

    def revert_disabled(self, request, obj=None):
        return True

    def get_historical_record_context_helper(self, request, historical_record):
        return MonthsInHistory(self.model, historical_record)

    def history_form_view(self, request, object_id, version_id, extra_context=None):
        if request.method not in ("GET", "HEAD"):
            raise PermissionDenied("Old versions are kept to be read. Change the present one.")
        return super().history_form_view(request, object_id, version_id, extra_context)

    def render_history_view(self, request, template, context, **kwargs):
        if "adminform" in context:
            context["adminform"] = self._show_version(request, context["adminform"].form)
        return super().render_history_view(request, template, context, **kwargs)

    def _show_version(self, request, form):
        """Return the page's form with every value written out and no box."""
        shown = {self._write(field.name) for field in self.opts.fields}
        fieldsets = [
            (title, options | {"fields": [self._pick(name, shown) for name in options["fields"]]})
            for title, options in self.get_fieldsets(request, form.instance)
        ]
        return AdminForm(form, fieldsets, {}, flatten_fieldsets(fieldsets), model_admin=self)
