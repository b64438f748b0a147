"""What somebody typed and has not submitted: kept as it was typed, counted nowhere."""

from collections.abc import Mapping
from datetime import date

from django.db import transaction

from metrics.models import Draft
from programs.models import Site
from programs.permissions import check_may_enter_counts

MOST_FIELDS = 200  # more than any form has
MOST_LETTERS = 4000  # of one field


@transaction.atomic
def keep_draft(*, site: Site, month: date, typed: Mapping[str, str], by) -> Draft:
    """Keep what has been typed so far in the place of what was kept before."""
    check_may_enter_counts(by, site)
    draft, _ = Draft.objects.update_or_create(
        site=site, month=month, user=by, defaults={"typed": shorten_typed(typed)}
    )
    return draft


def drop_draft(*, site: Site, month: date, by) -> None:
    """Forget a draft, because it was submitted or thrown away."""
    Draft.objects.filter(site=site, month=month, user=by).delete()


def shorten_typed(typed: Mapping[str, str]) -> dict[str, str]:
    """Text to keep: no more than a form can hold, without the token that goes with each form."""
    kept = [(name, str(text)[:MOST_LETTERS]) for name, text in typed.items()]
    return dict([own for own in kept if own[0] != "csrfmiddlewaretoken"][:MOST_FIELDS])
