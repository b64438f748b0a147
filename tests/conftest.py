"""What every test may ask for."""

from datetime import UTC, date, datetime

import pytest
from django.core.cache import cache

TODAY = date(2025, 7, 15)  # the last month that is over is 2025-06


@pytest.fixture
def today(monkeypatch):
    """Hold the day still, for the pages as for the test."""
    monkeypatch.setattr("django.utils.timezone.now", lambda: NOON)
    return TODAY


NOON = datetime(2025, 7, 15, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_counted_sign_ins(request):
    """Forget sign-in attempts between tests that touch the database."""
    if "db" in request.fixturenames or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("db")
        cache.clear()
