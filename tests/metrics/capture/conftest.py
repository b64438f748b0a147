import pytest

from tests.factories import ParticipationFactory
from tests.metrics.capture.capturing import sign_in


@pytest.fixture
def site(db):
    return ParticipationFactory(site__name="North Clinic", site__code="NC-1").site


@pytest.fixture
def reporter(client, site):
    """A reporter of all sites of the site's program, signed in."""
    return sign_in(client, site, role="reporter")
