"""How a program is reported, changed by its manager: by when, until when, and what."""

from collections.abc import Collection, Mapping

from django.core.exceptions import ValidationError
from django.db import transaction

from metrics.models import Dimension
from programs.actions import marker
from programs.actions.recording import save
from programs.models import Program
from programs.permissions import check_may_manage


@transaction.atomic
def change_reporting_rules(
    *,
    program: Program,
    rules: Mapping[str, object],
    dimensions: Collection[Dimension],
    seen: int,
    by,
) -> Program:
    """Store the rules and which breakdowns are asked for; the program's history says what changed.
    Nothing that was counted is touched.

    seen : the latest record of the program's history that the person had in view
    """
    check_may_manage(by, program)
    held = Program.objects.select_for_update(of=("self",)).get(pk=program.pk)
    if marker(held) != seen:
        raise ValidationError(
            f"Somebody changed {held} in between. Look at its rules again; nothing of yours has "
            "been saved yet."
        )
    asked = set(held.dimensions.all())
    changed = [name for name, value in rules.items() if getattr(held, name) != value]
    said = []
    if changed:
        said.append("reporting rules")
    if asked != set(dimensions):
        held.dimensions.set(dimensions)
        names = sorted(own.name for own in dimensions)
        said.append(f"breakdowns asked for: {', '.join(names) or 'none'}")
    if said:
        for name in changed:
            setattr(held, name, rules[name])
        save(held, by=by, why="; ".join(said))
    return held
