"""One site's counts for one month, as people type them."""

from datetime import date
from typing import cast

from crispy_forms.helper import FormHelper
from crispy_forms.layout import HTML, Column, Field, Layout, Row
from django import forms
from django.db import models
from django.utils.html import escape

from metrics.gate import (
    BROKEN_DOWN,
    Fault,
    Passage,
    PastCounts,
    SiteAtGate,
    check_breakdown,
    pass_gate,
    read_count,
)
from metrics.models import COUNT_FIELDS, Category, Dimension, MonthlyReport
from metrics.models.reports import AGE_FIELDS, SERVICE_FIELDS
from metrics.summaries.capture import Asked, PartCounts
from programs.periods import format_month, shift_month

ESSENTIALS = ("live_births", "infant_deaths")
MOTHERS = ("stillbirths", "maternal_deaths")
NOT_BROKEN_DOWN = (None, None)


ALL_FIELDS = Asked(frozenset(COUNT_FIELDS))


class MonthlyReportForm(forms.Form):
    """One site's counts for one month. The counts are read and judged by the gate alone.

    asked : the boxes that stand open to be filled; a box with something stored is always shown
    """

    seen_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea({"rows": 2}),
        label="Comment",
        help_text="Needed when a count is unusual: say why.",
    )

    def __init__(
        self,
        *args,
        gate: SiteAtGate,
        month: date,
        past: PastCounts,
        today: date,
        report: MonthlyReport | None = None,
        parts: PartCounts | None = None,
        asked: Asked = ALL_FIELDS,
        **kwargs,
    ):
        self.gate, self.month, self.past, self.today, self.asked = gate, month, past, today, asked
        self.parts = parts or {}
        self.passage = Passage({}, (), ())  # nothing has come to the gate yet
        self.breakdown: dict[int, dict[str, int | None]] = {}
        kwargs.setdefault("initial", _initial(report, self.parts))
        super().__init__(*args, **kwargs)
        self.shown = [name for name in COUNT_FIELDS if self._is_shown(name, report)]
        for name in self.shown:
            self.fields[name] = _count_field(name, self._hint(name))
        for name, category in self._part_names():
            self.fields[name] = _part_field(name, category, category not in asked.kept)
        if "nothing" in self.data:  # one explicit act: 0 in every box that stands open
            typed = {name: self.data.get(name, "") for name in ("seen_version", "comment")}
            self.data = dict.fromkeys(self.fields, "0") | typed
        self.fields["live_births"].widget.attrs["autofocus"] = True
        self.helper = FormHelper()
        self.helper.form_tag = False  # the tag and the buttons stand beside what explains them
        self.helper.disable_csrf = True
        self.helper.layout = self._lay_out()

    def _is_shown(self, name, report):
        if name in ESSENTIALS or name in self.asked.fields:
            return True
        return report is not None and getattr(report, name) is not None

    def _part_names(self):
        """The boxes of the breakdowns; what is stored is shown as long as it is, and summed."""
        for category in (*self.asked.categories, *self.asked.kept):
            for count in BROKEN_DOWN:
                yield part_name(category, count), category

    def _hint(self, name):
        """What stood in this box the month before and in the same month last year."""
        if name not in ESSENTIALS:
            return ""
        return _say_past(self.past, self.month, ESSENTIALS.index(name))

    def _lay_out(self):
        groups = [
            _optional("Ages at death", AGE_FIELDS, self),
            _optional("Stillbirths and mothers", MOTHERS, self),
            _optional("Care given", SERVICE_FIELDS, self),
            *(_optional(title, names, self) for title, names in self._dimensions()),
        ]
        return Layout(
            "seen_version",
            Row(*(Column(name) for name in ESSENTIALS), css_class="essentials"),
            *filter(None, groups),
            Field("comment"),
        )

    def _dimensions(self):
        """Each breakdown's title and boxes."""
        names: dict[str, list[str]] = {}
        for name, category in self._part_names():
            names.setdefault(f"By {category.dimension.name.lower()}", []).append(name)
        return names.items()

    @property
    def counts(self) -> dict[str, int | None]:
        """What came through the gate, of the boxes that were shown."""
        return {name: self.passage.counts[name] for name in self.shown}

    @property
    def warnings(self):
        """What is unusual, whether or not a reason has been given."""
        return self.passage.warnings

    @property
    def refusals(self):
        return self.passage.refusals

    def compare_with(self, stored):
        """Each count, as stored and as typed here, for choosing between two versions."""
        for name in self.shown:
            old, new = getattr(stored, name), self.counts[name]
            yield {
                "label": self.fields[name].label,
                "stored": old,
                "typed": new,
                "differs": old != new,
            }

    def fields_to_replace(self, stored):
        """What to send again to put this version in the place of the stored one."""
        typed = {name: self.data.get(name, "") for name in (*self.fields, "typed_by")}
        return list((typed | {"seen_version": stored.version}).items())

    def clean(self):
        super().clean()
        if "seen_version" not in self.cleaned_data:
            self.add_error(None, "The form no longer says what it showed. Load the page again.")
        passage = pass_gate(
            self.cleaned_data, site=self.gate, month=self.month, today=self.today, past=self.past
        )
        refusals, warnings = self._check_parts(passage.counts)
        self.passage = Passage(
            passage.counts, (*passage.refusals, *refusals), (*passage.warnings, *warnings)
        )
        for fault in self.passage.refusals:
            self.add_error(fault.field if fault.field in self.fields else None, fault.message)
        if self.passage.warnings and not self.cleaned_data.get("comment"):
            self.add_error("comment", "Something is unusual. Check it, or say here why it is so.")

    def _check_parts(self, counts):
        """Read the breakdowns, and hold each against the report's own counts."""
        refusals, warnings = [], []
        by_dimension: dict[Dimension, dict[str, dict[str, int | None]]] = {}
        for name, category in self._part_names():
            count = BROKEN_DOWN[int(name.endswith(BROKEN_DOWN[1]))]
            own = self.breakdown.setdefault(category.pk, {})
            try:
                own[count] = self._read_part(name, category, count)
            except ValueError as error:
                own[count] = None
                refusals.append(Fault(name, str(error)))
            by_dimension.setdefault(category.dimension, {})[category.code] = own
        if not refusals:
            for dimension, parts in by_dimension.items():
                refused, questioned = check_breakdown(dimension.name.lower(), counts, parts)
                refusals += refused
                warnings += questioned
        return refusals, warnings

    def _read_part(self, name, category, count) -> int | None:
        """A box that was not sent leaves what is stored alone; one sent empty takes it back."""
        if name in self.data:
            return read_count(self.cleaned_data.get(name))
        return self.parts.get(category.pk, NOT_BROKEN_DOWN)[BROKEN_DOWN.index(count)]


def part_name(category: Category, count: str) -> str:
    """The name of a category's box; it stays when the category is renamed."""
    return f"part-{category.pk}-{count}"


def _initial(report, parts):
    initial: dict[str, object] = {"seen_version": report.version if report else 0}
    if report is not None:
        initial |= {name: getattr(report, name) for name in COUNT_FIELDS}
        initial["comment"] = report.comment
    for category, counts in parts.items():
        for count, own in zip(BROKEN_DOWN, counts, strict=True):
            initial[f"part-{category}-{count}"] = own
    return initial


def _say_past(past: PastCounts, month: date, number: int) -> str:
    """“2025-05: 41 · 2024-06: 38”, as far as these were reported."""
    said = []
    for earlier in (shift_month(month, -1), shift_month(month, -12)):
        counts = past.by_month.get(earlier)
        if counts is not None and counts[number] is not None:
            said.append(f"{format_month(earlier)}:\N{NO-BREAK SPACE}{counts[number]}")
    return " · ".join(said)


def _count_field(name, hint):
    stored = cast(models.Field, MonthlyReport._meta.get_field(name))
    return forms.CharField(
        required=False,
        label=str(stored.verbose_name).capitalize(),
        help_text=" ".join(filter(None, [str(stored.help_text), hint])),
        widget=_box(),
    )


def _part_field(name, category, is_asked):
    what = "live births" if name.endswith(BROKEN_DOWN[0]) else "infant deaths"
    since = "" if is_asked else " (retired)" if category.retired else " (no longer asked for)"
    return forms.CharField(required=False, label=f"{category.name}: {what}{since}", widget=_box())


def _box():
    return forms.TextInput({"inputmode": "numeric", "autocomplete": "off", "class": "numberinput"})


def _optional(title, names, form):
    """A group that opens by itself when there is something in it; None without any box."""
    names = [name for name in names if name in form.fields]
    if not names:
        return None
    in_use = any(form[name].value() not in (None, "") or form[name].errors for name in names)
    # What crispy takes is a template, so what people named a breakdown must not be read as one.
    words = escape(title).replace("{", "&#123;")
    opening = f'<details class="more"{" open" if in_use else ""}><summary>{words}</summary>'
    return Layout(HTML(opening), Row(*(Column(name) for name in names)), HTML("</details>"))
