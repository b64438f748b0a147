"""What is written about a file: where it comes from, what its columns mean, how to check it."""

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from metrics.cells import safe_text
from metrics.exports.batches import write_csv
from metrics.exports.datasets import Asked
from metrics.exports.outgoing import Outgoing
from programs.models import Measure
from programs.withholding import withholding_circle

DEFINITIONS = {
    Measure.INFANT: "Infant deaths (before the first birthday, days 0 to 364) for each {per} live "
    "births of the same months and sites.",
    Measure.NEONATAL: "Neonatal deaths (days 0 to 27) for each {per} live births of the same "
    "months and sites.",
    Measure.POSTNEONATAL: "Postneonatal deaths (days 28 to 364) for each {per} live births of the "
    "same months and sites.",
    Measure.STILLBIRTH: "Stillbirths (born dead at 28 weeks or later) for each {per} births, live "
    "and still, of the same months and sites.",
    Measure.MATERNAL: "Maternal deaths (in pregnancy or within 42 days of its end) for each {per} "
    "live births of the same months and sites.",
}
OF_CSV = (
    "The CSV file of these rows, byte for byte as it is taken as CSV at the same moment: UTF-8, "
    "commas, lines ended by CR LF, the header first."
)


def describe_file(outgoing: Outgoing, file_name: str) -> dict[str, Any]:
    """What is known of a file, once all of its rows have gone by."""
    dataset, asked = outgoing.dataset, outgoing.asked
    return {
        "file": file_name,
        "program": {"name": asked.program.name, "code": asked.program.slug},
        "kind": dataset.kind,
        "title": dataset.title,
        "contents": dataset.says,
        "as_of": outgoing.began_at.isoformat(timespec="seconds"),
        "time_zone": settings.TIME_ZONE,
        "taken_by": str(asked.membership.user),
        "window": str(asked.period) if asked.period else "all months",
        "filters": dict(asked.said) or "none",
        "query": asked.query,
        "sites": _say_sites(asked),
        "definitions": {
            own.label: DEFINITIONS[own].format(per=f"{own.usual_per:,}") for own in _measures(asked)
        },
        "method": dataset.method,
        "small_counts": _say_withheld(asked),
        "safe_cells": "An apostrophe stands before text that a spreadsheet would run as a formula; "
        "bringing the file in takes it away again.",
        "rows": outgoing.rows,
        "sha256": outgoing.sha256,
        "sha256_of": OF_CSV,
        "software": f"IMR Tracker {settings.VERSION}",
        "columns": {own.name: f"{own.meaning} ({own.type})" for own in dataset.columns},
    }


def _measures(asked: Asked):
    return [asked.measure] if asked.measure else list(Measure)


def _say_sites(asked: Asked) -> str:
    if asked.membership.all_sites:
        return "of all sites of the program"
    return "of the sites that whoever took it may see, not of all"


def _say_withheld(asked: Asked) -> str:
    circle, up_to = withholding_circle(asked.membership), asked.program.withhold_up_to
    if circle:
        return f"Counts of 1 to {circle.up_to} are withheld, and those that would give them away."
    if up_to is None:
        return "None is withheld: the program asks for none."
    return f"None is withheld here; from viewers, counts of 1 to {up_to} are."


def about_json(about: dict[str, Any]) -> bytes:
    return json.dumps(about, indent=2, ensure_ascii=False).encode()


def about_rows(about: dict[str, Any]) -> Iterator[tuple[str, str, object]]:
    """The same as rows: what, of which, and its value."""
    for what, value in about.items():
        if isinstance(value, dict):
            for of, own in value.items():
                yield what, safe_text(of), safe_text(own)
        else:
            yield what, "", safe_text(value) if isinstance(value, str) else value


def about_csv(about: dict[str, Any]) -> bytes:
    return write_csv([("what", "of", "value"), *about_rows(about)])
