import pytest

from metrics.exports import DATASETS, list_datasets
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    UserFactory,
)

PAGE = "/programs/hb/downloads/"


def offered(response):
    files = [own for group in response.context["groups"] for own in group["files"]]
    return {own["dataset"].kind: own["rows"] for own in files}


def test_page_lists_every_file_in_every_form_with_its_rows(client, program):
    MonthlyReportFactory(site=program.sites.get())
    response = client.get(PAGE)
    rows = offered(response)
    assert list(rows) == list(DATASETS)
    assert (rows["site-months"], rows["history"], rows["breakdowns"]) == (1, 1, 0)
    for kind in DATASETS:
        for ending in ("csv", "xlsx", "zip"):
            assert f'href="/programs/hb/downloads/{kind}.{ending}"' in response.text


def test_page_says_what_every_column_means(client, program):
    page = client.get(PAGE).text
    for dataset in DATASETS.values():
        for column in dataset.columns:
            assert f"<code>{column.name}</code>" in page


def test_files_carry_the_choices_that_change_them(client, program):
    query = {"first": "2024-01", "last": "2024-02", "status": "approved", "measure": "neonatal"}
    page = client.get(PAGE, query).text
    assert 'site-months.csv?first=2024-01&amp;last=2024-02&amp;status=approved"' in page
    assert 'summary.csv?first=2024-01&amp;last=2024-02&amp;measure=neonatal"' in page
    assert 'template.csv"' in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("first=2024-02&last=2024-01", "before they begin in 2024-02"),
        ("first=2024-13&last=2024-14", "2024-13"),
        ("first=2024-01", "Give both months, or neither."),
        ("site=NOWHERE", "Nothing is known of “NOWHERE”. Choose another."),
        ("status=lost", "Nothing is known of “lost”. Choose another."),
    ],
)
def test_question_that_cannot_be_read_says_why_and_a_file_leads_to_it(client, program, asked, said):
    response = client.get(f"{PAGE}site-months.csv?{asked}")
    assert (response.status_code, response.url) == (302, f"{PAGE}?{asked}")
    assert said in client.get(response.url).text


def test_stranger_finds_no_page_and_no_file(client, program):
    client.force_login(MembershipFactory(user=UserFactory(is_superuser=True)).user)
    assert client.get(PAGE).status_code == 404
    for kind in DATASETS:
        assert client.get(f"{PAGE}{kind}.csv").status_code == 404


@pytest.mark.parametrize("name", ["nothing.csv", "site-months.pdf", "site-months"])
def test_file_that_there_is_not_is_not_found(client, program, name):
    assert client.get(f"{PAGE}{name}").status_code == 404


def test_viewer_from_whom_small_counts_are_withheld_is_given_no_counts(client, program):
    program.withhold_up_to = 4
    program.save()
    viewer, manager = (
        MembershipFactory(program=program, role=own) for own in ("viewer", "manager")
    )
    assert list_datasets(manager) == list(DATASETS.values())
    assert [own.kind for own in list_datasets(viewer)] == ["released", "missing", "template"]
    for kind in DATASETS.keys() - {"missing", "template"}:
        assert client.get(f"{PAGE}{kind}.csv").status_code in (403, 404)


def test_member_of_some_sites_reads_that_these_are_theirs(client, program):
    other = ParticipationFactory(program=program, site__code="B").site
    for site in program.sites.all():
        MonthlyReportFactory(site=site)
    client.force_login(MembershipFactory(program=program, sites=[other]).user)
    response = client.get(PAGE)
    assert "These files hold your sites." in response.text
    assert offered(response)["site-months"] == 1


@pytest.mark.parametrize("sites", [1, 3])
def test_page_takes_as_many_queries_for_one_site_as_for_three(
    client, program, django_assert_num_queries, sites
):
    ParticipationFactory.create_batch(sites - 1, program=program)
    for site in program.sites.all():
        MonthlyReportFactory(site=site)
    with django_assert_num_queries(22):
        client.get(PAGE)


def test_many_sites_are_asked_for_by_area_and_not_ticked_one_by_one(client, program, monkeypatch):
    assert 'name="site"' in client.get(PAGE).text
    monkeypatch.setattr("metrics.forms.downloads.MOST_TICKED", 1)
    ParticipationFactory(program=program, site__code="B")
    page = client.get(PAGE, {"site": "B"}).text
    assert 'name="site"' not in page
    assert 'site-months.csv?site=B"' in page


def test_large_program_is_not_examined_to_count_its_figures(client, program, monkeypatch):
    monkeypatch.setattr("metrics.views.exports.MOST_LOOKED_AT", 0)
    MonthlyReportFactory(site=program.sites.get())
    response = client.get(PAGE)
    rows = offered(response)
    assert [kind for kind in rows if rows[kind] is None] == ["summary", "findings"]
    assert "Rows are counted while it is made" in response.text
