"""The page between choosing an action and doing it, where somebody says why."""

from django import forms
from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.core.exceptions import PermissionDenied, ValidationError
from django.template.response import TemplateResponse

MOST_SHOWN = 20  # sentences about what was refused


class WordsForm(forms.Form):
    """A message or a reason. Bound once it has been asked for."""

    words = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField"}), max_length=2000
    )

    def __init__(self, request, *, label, empty):
        super().__init__(request.POST if "words" in request.POST else None)
        self.fields["words"].label = label
        self.fields["words"].error_messages["required"] = empty


def ask_for_words(model_admin, request, queryset, *, form, title):
    """Show the chosen rows and the box for the words; its button runs the action again.

    What the list sent along as `carried` goes along again.
    """
    context = {
        **model_admin.admin_site.each_context(request),
        "opts": model_admin.opts,
        "title": title,
        "rows": queryset,
        "form": form,
        "action": request.POST["action"],
        "carried": request.POST.getlist("carried"),
        "checkbox_name": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/ask_for_words.html", context)


def do_each(rows, do):
    """Do it to one row after the other. Return what was done and why the rest was refused."""
    done, refusals = [], []
    for row in rows:
        try:
            done.append(do(row))
        except PermissionDenied as refusal:
            refusals.append(f"{row}: {refusal}")
        except ValidationError as refusal:
            refusals.extend(refusal.messages)
    return done, refusals


def tell_refusals(request, refusals):
    for refusal in refusals[:MOST_SHOWN]:
        messages.error(request, refusal)
    if len(refusals) > MOST_SHOWN:
        messages.error(request, f"{len(refusals) - MOST_SHOWN} more were refused.")
