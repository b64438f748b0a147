"""Takes one file of site-months, and says how long it took and what it took. The bench runs it in
a process of its own: python -m metrics.management.bench.exports_child SLUG csv."""

import json
import os
import sys
from pathlib import Path
from time import perf_counter

import django
from django.conf import settings
from django.utils import timezone


def main(slug: str, ending: str) -> dict[str, float]:
    """Take the file as a viewer does, to nowhere."""
    settings.DATABASES["default"].update(json.loads(os.environ["BENCH_DATABASE"]))
    django.setup()
    from metrics.exports import SITE_MONTHS, Asked, Ending, send_dataset
    from programs.models import Membership

    membership = Membership.objects.select_related("program", "user").filter(program__slug=slug)[0]
    asked = Asked(membership, timezone.localdate())
    rows = SITE_MONTHS.count_rows(asked) or 0
    before = _start_watching()
    start = perf_counter()
    with open(os.devnull, "wb") as nowhere:
        nowhere.writelines(send_dataset(SITE_MONTHS, asked, Ending(ending)))
    seconds = perf_counter() - start
    return {"seconds": seconds, "rows": rows, "growth": _memory("VmHWM") - before}


def _start_watching() -> int:
    """The memory held now, in bytes; from here on the largest is kept anew. (Linux keeps both.)"""
    Path("/proc/self/clear_refs").write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    [kilobytes] = [line.split()[1] for line in lines if line.startswith(f"{name}:")]
    return int(kilobytes) * 1024


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(*sys.argv[1:])))
