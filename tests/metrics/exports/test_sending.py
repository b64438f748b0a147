import pytest

from metrics.exports import DATASETS, stream_csv
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    ParticipationFactory,
    UserFactory,
)
from tests.metrics.exports.taking import SITE_MONTHS, SUMMARY, address
from tests.metrics.exports.test_summary import fill


@pytest.mark.parametrize(("url", "kind"), [(SUMMARY, "summary"), (SITE_MONTHS, "site-months")])
def test_file_is_streamed_under_its_own_name_and_kept_by_no_cache(client, program, url, kind):
    response = client.get(url)
    assert response.streaming
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="hb-{kind}-2025-07-15.csv"'
    assert response["Cache-Control"] == "private, no-store"


def test_name_that_is_not_ascii_is_told_as_utf_8():
    assert stream_csv("Äthiopien.csv", [])["Content-Disposition"] == (
        "attachment; filename*=utf-8''%C3%84thiopien.csv"
    )


@pytest.mark.parametrize("kind", DATASETS)
@pytest.mark.parametrize("ending", ["csv", "xlsx", "zip"])
def test_head_tells_of_a_file_without_reading_it(
    client, program, django_assert_num_queries, kind, ending
):
    with django_assert_num_queries(5):
        response = client.head(address(kind, ending))
    name = f"hb-{kind}-2025-07-15.{ending}"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.getvalue() == b""


@pytest.mark.parametrize("url", [SUMMARY, SITE_MONTHS])
@pytest.mark.parametrize("extra", [{}, {"is_staff": True, "is_superuser": True}])
def test_stranger_finds_no_such_file(client, program, url, extra):
    client.force_login(MembershipFactory(user=UserFactory(**extra)).user)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("url", [SUMMARY, SITE_MONTHS])
def test_signed_out_person_is_led_to_sign_in(client, program, url):
    client.logout()
    response = client.get(url)
    assert (response.status_code, response.url) == (302, f"/account/login/?next={url}")


@pytest.mark.parametrize("url", [SUMMARY, SITE_MONTHS])
def test_download_is_never_a_post(client, program, url):
    assert client.post(url).status_code == 405


@pytest.mark.parametrize("sites", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [(SUMMARY, 14), (SITE_MONTHS, 6)])
def test_download_takes_as_many_queries_for_one_site_as_for_three(
    client, program, django_assert_num_queries, url, queries, sites
):
    ParticipationFactory.create_batch(sites - 1, program=program)
    fill(program)
    InterventionFactory(program=program)
    with django_assert_num_queries(queries):
        client.get(url).getvalue()
