"""The contract of a promise, as a form."""

from typing import cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models, transaction
from django.db.models import Max

from programs.actions import revise_target
from programs.fields import DecimalInput
from programs.models import Target

# Beside which box the sentence of each constraint stands.
BOX_OF_CONSTRAINT = {
    "target_is_a_reduction_or_a_level": "reduction_percent",
    "target_reduction_within_0_and_100": "reduction_percent",
    "target_level_above_0": "level",
    "target_baseline_comes_before_evaluation": "evaluation_first",
    "target_confidence_between_50_and_100": "confidence",
    "target_completeness_at_most_100": "min_completeness",
}
SENTENCES = {
    own.name: str(own.violation_error_message)
    for own in Target._meta.constraints
    if own.name in BOX_OF_CONSTRAINT
}
BOX_OF_SENTENCE = {SENTENCES[name]: box for name, box in BOX_OF_CONSTRAINT.items()}
# A model's defaults for these are filled in when they are left empty.
FILLED_IN = ("sites_rule", "min_completeness", "confidence")


class ContractForm(forms.ModelForm):
    """The first promise about a measure, a change of one that is open, or the next version of a
    locked one. What is left empty is filled with what the contract says by default."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    class Meta:
        model = Target
        fields = (
            "reduction_percent", "level", "per", "due_month", "baseline_first", "baseline_last",
            "evaluation_first", "evaluation_last", "sites_rule", "min_completeness", "confidence",
            "reason",
        )  # fmt: skip
        widgets = dict.fromkeys(
            ("reduction_percent", "level", "per", "min_completeness", "confidence"), DecimalInput
        ) | {"reason": forms.Textarea({"rows": 3})}
        labels = {
            "reduction_percent": "Reduction (%)",
            "level": "Or a level",
            "per": "Rate per how many births",
            "sites_rule": "Sites",
        }
        help_texts = {
            "per": "Empty: 1,000, for maternal mortality 100,000.",
            "baseline_last": "Empty: the month before the program's start.",
            "evaluation_last": "Empty: the due month.",
            "confidence": "Empty: 95.",
            "min_completeness": "Share of expected reports below which no verdict is given. "
            "Empty: 80.",
        }
        error_messages = {
            "reduction_percent": dict.fromkeys(
                ("min_value", "max_value"), SENTENCES["target_reduction_within_0_and_100"]
            ),
            "level": {"min_value": SENTENCES["target_level_above_0"]},
            "min_completeness": {"max_value": SENTENCES["target_completeness_at_most_100"]},
            "confidence": dict.fromkeys(
                ("min_value", "max_value"), SENTENCES["target_confidence_between_50_and_100"]
            ),
        }

    def __init__(self, data=None, *, program, measure, current=None):
        """current : the latest version of the promise about this measure, or None"""
        self.current = current
        self.seen_now = markers(program).get(current.pk, 0) if current else 0
        open_one = current if current and not current.is_locked else None
        target = open_one or _next_version(program, measure, current)
        super().__init__(data, instance=target, initial={"seen": self.seen_now})
        for name in FILLED_IN:
            self.fields[name].required = False
        if target.version > 1:
            reason = self.fields["reason"]
            reason.required, reason.label = True, "Reason for this version"
            reason.error_messages["required"] = "Say why this version replaces the one before."
        else:
            del self.fields["reason"]

    @property
    def kind(self):
        """What this form makes: first, change or version."""
        if self.current is None:
            return "first"
        return "version" if self.current.is_locked else "change"

    def clean_sites_rule(self):
        return self._fill_in("sites_rule")

    def clean_min_completeness(self):
        return self._fill_in("min_completeness")

    def clean_confidence(self):
        return self._fill_in("confidence")

    def _fill_in(self, name):
        given = self.cleaned_data.get(name)
        if given not in (None, ""):
            return given
        return cast(models.Field, Target._meta.get_field(name)).get_default()

    def clean(self):
        super().clean()
        if self.cleaned_data.get("seen") != self.seen_now:
            raise ValidationError(
                "Somebody changed or locked this promise in between. Load the page again to see "
                "how it stands now; nothing of yours has been saved yet."
            )

    def _update_errors(self, errors):
        """Put the sentence of a constraint beside the box that it is about."""
        if hasattr(errors, "error_dict"):
            for error in errors.error_dict.pop(NON_FIELD_ERRORS, []):
                box = BOX_OF_SENTENCE.get(error.messages[0], NON_FIELD_ERRORS)
                errors.error_dict.setdefault(box, []).append(error)
        super()._update_errors(errors)  # type: ignore[misc]

    @transaction.atomic
    def save_by(self, user) -> Target:
        """Store the promise and return it. A locked version stays; the next one is made."""
        target = self.instance
        target._change_reason = "write"
        if self.kind == "version":
            target = revise_target(target=self.current, reason=self.cleaned_data["reason"], by=user)
            for name in self.Meta.fields:
                setattr(target, name, getattr(self.instance, name))
        target._history_user = user
        target.save()
        return target


def markers(program) -> dict[int, int]:
    """What tells one state of each of a program's targets from the next: its latest record."""
    records = Target.history.filter(program=program).order_by().values_list("id")
    return dict(records.annotate(Max("history_id")))


def _next_version(program, measure, locked):
    if locked is None:
        return Target(program=program, measure=measure)
    contract = {name: getattr(locked, name) for name in Target.CONTRACT}
    return Target(**contract, version=locked.version + 1)
