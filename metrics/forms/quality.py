"""Which findings somebody wants to see, and what they say of one."""

from collections.abc import Sequence
from typing import cast

from django import forms

from metrics.models import FindingReview
from metrics.summaries.quality import State
from metrics.summaries.quality.findings import Findings
from metrics.summaries.quality.program import KindLine, SiteQuality


class FindingsForm(forms.Form):
    """Which findings to show. Empty: the open ones."""

    state = forms.ChoiceField(required=False)
    kind = forms.ChoiceField(label="What was found", required=False)
    site = forms.ChoiceField(required=False)

    def __init__(self, *args, sites: Sequence[SiteQuality], kinds: Sequence[KindLine], **kwargs):
        super().__init__(*args, **kwargs)
        reviewed = [(own, own.label) for own in State if own is not State.OPEN]
        self._offer("state", [("", State.OPEN.label), *reviewed, ("all", "All")])
        found = [(str(own.kind), f"{own.label} ({own.found})") for own in kinds if own.found]
        self._offer("kind", [("", "Everything"), *found])
        named = [("", "All sites"), *((own.site.code, own.site.name) for own in sites)]
        self._offer("site", named)
        # Thousands of sites at which nothing was found would only make the page heavy.
        listed = {"", self["site"].value(), *(own.site.code for own in sites if own.found)}
        self.fields["site"].widget.choices = [own for own in named if own[0] in listed]

    def _offer(self, name, choices):
        field = cast(forms.ChoiceField, self.fields[name])
        field.choices = choices
        field.error_messages["invalid_choice"] = (
            "Nothing is known of “%(value)s”. Choose another; open findings are shown instead."
        )

    def choose(self, findings: Findings) -> Findings:
        """Those asked for; the open ones while something is wrong with the question."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else {}
        state, kind, site = (given.get(name, "") for name in ("state", "kind", "site"))
        wanted = None if state == "all" else State(state or State.OPEN)
        return findings.choose(wanted, kind, site)


class ReviewForm(forms.Form):
    """What somebody says of one finding, by its site, its kind and its counts."""

    names = ("site", "kind", "fingerprint")  # a finding

    site = forms.CharField(widget=forms.HiddenInput)
    kind = forms.CharField(widget=forms.HiddenInput)
    fingerprint = forms.CharField(widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        choices=FindingReview.Decision,
        error_messages={
            "required": "Choose whether it is explained or dismissed.",
            "invalid_choice": "“%(value)s” is not known. Explain or dismiss it.",
        },
    )
    reason = forms.CharField(
        label="Why?",
        max_length=2000,
        error_messages={"required": "Say why, so that the next reader need not ask."},
    )

    @property
    def said(self) -> str:
        """What was typed."""
        return self["reason"].value() or ""

    @property
    def faults(self) -> list[str]:
        """What is wrong with what was chosen and typed."""
        typed = "decision", "reason"
        return [str(fault) for name in typed for fault in self.errors.get(name, [])]

    @property
    def names_a_finding(self) -> bool:
        return not self.errors.keys() & set(self.names)
