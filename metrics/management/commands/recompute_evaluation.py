"""Recompute a frozen verdict from its own export, without the database."""

import json
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from metrics.evaluations import checksum_of, find_differences, recompute


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
            faults = _find_faults(document, recompute(document))
        except (ValueError, RecursionError) as error:
            raise CommandError(f"{file}: {error}") from error
        if faults:
            raise CommandError(f"{file} is not as it was frozen.\n" + "\n".join(faults))
        self.stdout.write("same")


def _find_faults(document, found):
    """Name what differs; a checksum that fits neither the file nor its verdict says so too."""
    faults = list(find_differences(document.get("verdict"), found["verdict"], "verdict"))
    given, fitting = document.get("checksum"), checksum_of(document)
    if given != fitting:
        faults.append(f"checksum: {given} in the file, but its content gives {fitting}")
    return faults


def _read(path):
    try:
        return json.loads(path.read_bytes(), parse_constant=_refuse)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError) as error:
        raise CommandError(
            f"{path} is not JSON: {error}. Export the evaluation once more."
        ) from error


def _refuse(constant):
    raise ValueError(f"it holds {constant}")
