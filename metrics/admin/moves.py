"""Moves of many reports at once, each by the rules of `metrics.approvals`."""

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from metrics.approvals import ReportChangedError, approve_many, reopen_report, return_report
from programs.admin.words import WordsForm, ask_for_words, do_each, tell_refusals

MOST_AT_ONCE = 500  # each is a transaction of its own; more would outlast a request


class ReportMoves:
    """Approve, return and reopen, for an admin with the right to change reports.

    That right opens the list of moves. Whether a report is moved is asked of the person's
    membership, as on every other page: only a manager of the site moves its reports, and nobody
    approves what they entered unless the program allows it.
    """

    actions = ["approve", "send_back", "reopen"]

    def has_move_permission(self, request):
        return request.user.has_perm(f"{self.opts.app_label}.change_{self.opts.model_name}")

    @admin.display(description="version", ordering="pk")
    def version_shown(self, report):
        """The number of the version in view goes along with the move: no other is moved."""
        number = report.version_number
        return format_html('{}<input type="hidden" name="carried" value="{}">', number, number)

    @admin.action(description="Approve selected reports", permissions=["move"])
    def approve(self, request, queryset):
        if _is_few_enough(request, queryset):
            _approve_together(request, queryset)

    @admin.action(description="Return selected reports with a message", permissions=["move"])
    def send_back(self, request, queryset):
        def move(report, *, by, words):
            return return_report(report, by=by, message=words)

        label, empty = "Message to those who entered them", "Say what to correct."
        form = WordsForm(request, label=label, empty=empty)
        return self._move_with_words(request, queryset, form, move, "Return", "returned")

    @admin.action(description="Reopen selected reports with a reason", permissions=["move"])
    def reopen(self, request, queryset):
        def move(report, *, by, words):
            return reopen_report(report, by=by, reason=words)

        label, empty = "Why are they opened again?", "Say why they are reopened."
        form = WordsForm(request, label=label, empty=empty)
        return self._move_with_words(request, queryset, form, move, "Reopen", "reopened")

    def _move_with_words(self, request, queryset, form, move, verb, moved):
        if not _is_few_enough(request, queryset):
            return None
        if not form.is_valid():
            title = f"{verb} reports"
            return ask_for_words(self, request, queryset, form=form, title=title)
        return _move_each(request, queryset, move, moved, words=form.cleaned_data["words"])


def _is_few_enough(request, queryset):
    few = queryset.count() <= MOST_AT_ONCE
    if not few:
        messages.error(
            request, f"Nothing was moved. Choose at most {MOST_AT_ONCE} reports at a time."
        )
    return few


def _approve_together(request, queryset):
    """As one act, about which each reporter is told once."""
    in_view = _versions_in_view(request)
    reports = list(queryset.select_related("site", "entered_by"))
    for report in reports:
        seen = in_view.get(str(report.pk), "")
        report.version = int(seen) if seen.isdecimal() else report.version
    approved, refused = approve_many(reports, by=request.user)
    _tell_moved(request, approved, "approved")
    tell_refusals(request, [f"{own.report}: {own.reason}" for own in refused])


def _versions_in_view(request) -> dict[str, str]:
    return dict(number.rpartition("-")[::2] for number in request.POST.getlist("carried"))


def _move_each(request, queryset, move, moved, **words):
    in_view = _versions_in_view(request)

    def move_as_seen(report):
        version = str(report.version)
        if in_view.get(str(report.pk), version) != version:
            raise _changed(report)
        try:
            return move(report, by=request.user, **words)
        except ReportChangedError as change:
            raise _changed(report) from change

    done, refusals = do_each(queryset, move_as_seen)
    _tell_moved(request, done, moved)
    tell_refusals(request, refusals)


def _tell_moved(request, done, moved):
    if done:
        reports = "report" if len(done) == 1 else "reports"
        messages.success(request, f"{len(done)} {reports} {moved}.")


def _changed(report):
    return ValidationError(f"{report}: It was changed since you looked at it.")
