import subprocess
import sys
from pathlib import Path

import metrics

PROJECT = Path(metrics.__file__).parents[1]
IMPORT_ALL = """
import importlib, pkgutil, sys, metrics.stats, programs.periods
for module in pkgutil.iter_modules(metrics.stats.__path__, "metrics.stats."):
    importlib.import_module(module.name)
print(*sorted({"scipy.stats", "pandas", "statsmodels", "django"} & set(sys.modules)))
"""


def test_stats_import_nothing_slow_and_no_django():
    run = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == []
