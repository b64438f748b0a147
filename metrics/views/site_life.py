"""What becomes of a site: when it was open, what it was split from or merged with, and the acts."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Max, Q
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from metrics.models import MonthlyReport, Status
from metrics.views.access import get_site
from programs.forms import LIFE_FORMS, LifeForm
from programs.models import Area, OperationSpell, PlaceChange, Site
from programs.permissions import check_may_manage_site


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def site_life(request, code):
    """Show a site's life, and take one act of it."""
    own = get_site(request.user, code)
    check_may_manage_site(request.user, own)
    forms = _make_forms(request, own)
    sent = forms.get(request.POST.get("act", ""))
    if sent and sent.is_valid() and _save(request, sent):
        return redirect("site_life", code=code)
    changes = PlaceChange.objects.filter(Q(site=own) | Q(successors=own)).distinct()
    context = {
        "site": own,
        "forms": forms.values(),
        "sent": sent,
        "is_unknown": request.method == "POST" and sent is None,
        "changes": changes.select_related("site", "from_area", "to_area").prefetch_related(
            "successors", "successor_areas"
        ),
        "history": OperationSpell.history.filter(site=own).select_related("history_user"),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "metrics/site_life.html", context, status=status)


def _make_forms(request, site) -> dict[str, LifeForm]:
    """The acts that are possible now; what was sent goes into the form it came from."""
    spells = list(site.spells.all())
    is_open = any(spell.last_month is None for spell in spells)
    acts = ("close", "split", "merge") if is_open else ("open",)
    sent = request.POST.get("act")
    facts = {
        "site": site,
        "user": request.user,
        "areas": list(Area.objects.visible_to(request.user)),
        "last_reported": _last_reported,
    }
    return {act: LIFE_FORMS[act](request.POST if act == sent else None, **facts) for act in acts}


def _last_reported(sites: Sequence[Site]) -> Mapping[int, date]:
    """The last month with counts of each site that has any."""
    reports = MonthlyReport.objects.filter(site__in=sites).exclude(status=Status.DRAFT)
    return dict(reports.order_by().values_list("site").annotate(Max("month")))


def _save(request, form) -> bool:
    try:
        said = form.save_by(today=timezone.localdate())
    except ValidationError as refusal:
        form.add_error(None, refusal.messages)
    except IntegrityError:
        form.add_error(None, "Somebody else changed this just now. Load the page again.")
    else:
        messages.success(request, said)
        return True
    return False
