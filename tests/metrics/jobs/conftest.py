import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def no_signs():
    """Forget what earlier jobs of the same numbers have said."""
    yield
    caches["jobs"].clear()
