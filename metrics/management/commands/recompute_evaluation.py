"""Recompute a frozen verdict from its own export, without the database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from metrics.evaluations import (
    UnreadableDocumentError,
    checksum_of,
    find_differences,
    recompute,
    to_bytes,
)


class Command(BaseCommand):
    help = (
        "Recompute an exported evaluation from its contract and rows. Prints “same”, or what "
        "differs; fails where anything does, or where the checksum does not fit the content."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="the JSON of an evaluation")

    def handle(self, *, file, **options):
        document = _read(file)
        try:
            found = recompute(document)
            faults = _find_faults(document, found)
        except (UnreadableDocumentError, UnicodeEncodeError, RecursionError) as error:
            raise CommandError(f"{file}: {error}") from error
        if faults:
            raise CommandError(f"{file} is not as it was frozen.\n" + "\n".join(faults))
        self.stdout.write("same")


def _find_faults(document, found):
    fitting = checksum_of(document)
    if to_bytes(document) == to_bytes(found):
        return []
    faults = list(find_differences(document["verdict"], found["verdict"], "verdict"))
    if document.get("checksum") != fitting:
        faults.append(
            f"checksum: {document.get('checksum')} in the file, its content gives {fitting}"
        )
    return faults


def _read(path):
    try:
        return json.loads(path.read_bytes())
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(
            f"{path} is not JSON: {error}. Export the evaluation once more."
        ) from error
