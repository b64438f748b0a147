"""Freezing a verdict, so that what was said on a day can be held against what it rested on."""

from datetime import date

from django.db import transaction

from metrics.evaluations.documents import APART, CHECKSUM
from metrics.evaluations.gathering import gather_document
from metrics.models import Evaluation
from programs.models import Target
from programs.periods import month_of, shift_month
from programs.permissions import check_may_manage


@transaction.atomic
def freeze_evaluation(*, target: Target, by, today: date) -> Evaluation:
    """Keep a target's verdict with everything it rests on, and return it.

    Only a manager of all sites may (else PermissionDenied). Who froze it, and at what hour, is
    kept beside the document, not in it: frozen twice on one day from the same reports, it has
    the same checksum, and the evaluation that is there already is returned.
    """
    held = Target.objects.select_for_update(of=("self",)).select_related("program")
    stored = held.get(pk=target.pk)
    check_may_manage(by, stored.program)
    through = shift_month(month_of(today), -1)
    document = gather_document(stored, through=through, as_of=today)
    known = Evaluation.objects.filter(target=stored, checksum=document[CHECKSUM]).first()
    return known or Evaluation.objects.create(
        target=stored,
        frozen_by=by,
        inputs={k: v for k, v in document.items() if k not in (*APART, CHECKSUM)},
        checksum=document[CHECKSUM],
        **{name: document[name] for name in APART},
    )
