"""One command makes a machine ready."""

import io

import pytest
from django.core.management import call_command

from metrics.models import MonthlyReport
from programs.models import Program


@pytest.mark.django_db
def test_set_up_loads_the_demonstration_and_then_changes_nothing(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    call_command("set_up", stdout=io.StringIO())
    before = list(MonthlyReport.objects.order_by("pk").values())

    said = io.StringIO()
    call_command("set_up", stdout=said)

    assert "nothing was loaded" in said.getvalue()
    assert list(MonthlyReport.objects.order_by("pk").values()) == before
    assert Program.objects.filter(slug="healthy-beginnings").exists()
    assert (tmp_path / "app.css").exists()
