"""The simulation is a matter of minutes; here a few programs show that it runs and reports."""

from io import StringIO

from django.core.management import call_command

from metrics.management.commands.calibrate import BIRTHS, TRUE_FALLS


def test_calibrate_writes_its_tables_and_whether_promises_held(tmp_path):
    path, out = tmp_path / "calibration.md", StringIO()

    call_command("calibrate", programs=60, output=path, stdout=out)

    report = path.read_text(encoding="utf-8")
    assert out.getvalue() == f"Wrote {path}.\n"
    assert sum(line.startswith("| ") for line in report.splitlines()) == 45
    for births in BIRTHS:
        for fall in TRUE_FALLS:
            assert f"| {births:,} | {fall} % |" in report


def test_calibrate_with_the_same_seed_writes_the_same(tmp_path):
    paths = [tmp_path / name for name in ("one.md", "two.md")]
    for path in paths:
        call_command("calibrate", programs=20, output=path, stdout=StringIO())
    assert paths[0].read_bytes() == paths[1].read_bytes()
