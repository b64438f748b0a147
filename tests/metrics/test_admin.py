from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from metrics.models import (
    Benchmark,
    BreakdownCount,
    Category,
    Dimension,
    Evaluation,
    ImportBatch,
    IndicatorCard,
    MonthlyReport,
)
from tests.admin_pages import (
    MAKERS,
    all_pages,
    as_sent,
    boxes,
    choose,
    make_category,
    make_dimension,
    make_evaluation,
    make_report,
    page,
    sign_in_staff,
)
from tests.factories import MonthlyReportFactory, ParticipationFactory, SiteFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_seeded(db):
    """Take away what the migrations brought, so that one row is one row."""
    for model in (IndicatorCard, Benchmark, Category, Dimension):
        model.objects.all().delete()


# Session, user, two counts and the rows; one more where a filter offers programs, years or the
# like, two where the list can be narrowed down by dates. Reports: one count less.
LIST_QUERIES = {
    MonthlyReport: 6,
    Dimension: 5,
    Category: 6,
    Benchmark: 6,
    IndicatorCard: 5,
    Evaluation: 8,
    ImportBatch: 8,
}
LOOKED_AT_ONLY = [MonthlyReport, Evaluation, ImportBatch]
each_model = pytest.mark.parametrize("model", LIST_QUERIES, ids=lambda model: model.__name__)
looked_at = pytest.mark.parametrize("model", LOOKED_AT_ONLY, ids=lambda model: model.__name__)


# --- Every page ----------------------------------------------------------------------------


@each_model
def test_every_page_opens_for_a_superuser(admin_client, model):
    pages = all_pages(MAKERS[model]())
    expected = [200, 403, 200, 200, 403] if model in LOOKED_AT_ONLY else [200] * 5
    assert [admin_client.get(address).status_code for address in pages] == expected


@each_model
def test_staff_without_rights_are_refused_everywhere(client, model):
    pages = all_pages(MAKERS[model]())
    sign_in_staff(client)
    assert [client.get(address).status_code for address in pages] == [403] * 5


@pytest.mark.parametrize("rows", [1, 3])
@each_model
def test_list_takes_constant_queries(admin_client, django_assert_num_queries, model, rows):
    for _ in range(rows):
        MAKERS[model]()
    with django_assert_num_queries(LIST_QUERIES[model]):
        response = admin_client.get(page(model, "changelist"))
    assert response.status_code == 200


@looked_at
def test_what_came_in_or_was_frozen_is_only_looked_at(admin_client, model):
    row = MAKERS[model]()
    before = model.objects.filter(pk=row.pk).values().get()
    counts = {"live_births": 1, "infant_deaths": 0, "status": "approved", "checksum": "1"}

    answers = [
        admin_client.post(address, counts | {"post": "yes"})
        for address in (page(model, name, row.pk) for name in ("change", "delete"))
    ]
    answers.append(admin_client.post(page(model, "add"), counts))
    choose(admin_client, model, "delete_selected", [row], post="yes")

    assert [answer.status_code for answer in answers] == [403] * 3
    assert model.objects.filter(pk=row.pk).values().get() == before


# --- Monthly reports -----------------------------------------------------------------------


def test_counts_cannot_be_taken_back_through_the_history(admin_client):
    report = make_report()
    old = report.history.get()
    report.live_births = 120
    report.save()
    address = page(MonthlyReport, "simple_history", report.pk, old.pk)

    shown, sent = admin_client.get(address), admin_client.post(address, {"live_births": 1})

    assert (shown.status_code, sent.status_code) == (200, 403)
    assert "2024-07" in shown.text
    assert boxes(shown) == []
    report.refresh_from_db()
    assert (report.live_births, report.history.count()) == (120, 2)


def test_counts_of_a_breakdown_are_only_looked_at(admin_client):
    report = make_report()
    shown = admin_client.get(page(MonthlyReport, "change", report.pk))
    assert "Sex: Girls" in shown.text
    assert "_save" not in shown.text
    assert "breakdown_counts-0-live_births" not in shown.text
    assert BreakdownCount.objects.get().live_births == 50


def test_report_links_to_its_form_with_the_month_in_our_way(admin_client):
    report = MonthlyReportFactory(site=SiteFactory(code="NB-014"))
    shown = admin_client.get(page(MonthlyReport, "change", report.pk)).text
    assert 'href="/sites/NB-014/reports/2024-07/"' in shown
    assert "1 Jul" not in shown


def test_history_of_a_report_says_who_and_why(admin_client, admin_user):
    report = make_report()
    report.live_births, report._history_user = 120, admin_user
    report._change_reason = "reopen: births of the night shift were missing"
    report.save()
    shown = admin_client.get(page(MonthlyReport, "history", report.pk)).text
    assert "births of the night shift were missing" in shown
    assert "<strong>Live births:</strong> 100 → 120" in shown


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ({"period": "2024"}, ["2024-08", "2024-07"]),
        ({"period": "2024-07"}, ["2024-07"]),
        ({"q": "NB-014"}, ["2024-08", "2024-07", "2023-07"]),
        ({"status__exact": "approved"}, ["2023-07"]),
        ({"program": "healthy"}, ["2024-08"]),
        ({"program": "unknown"}, []),
    ],
)
def test_reports_can_be_narrowed_down(admin_client, question, found):
    site = SiteFactory(code="NB-014")
    ParticipationFactory(site=site, program__slug="healthy", first_month=date(2024, 8, 1))
    MonthlyReportFactory(site=site, month=date(2023, 7, 1), status="approved")
    for month in (7, 8):
        MonthlyReportFactory(site=site, month=date(2024, month, 1))
    shown = admin_client.get(page(MonthlyReport, "changelist"), question)
    assert [f"{row.month:%Y-%m}" for row in shown.context["cl"].result_list] == found


@pytest.mark.parametrize("nonsense", ["2024-13", "soon", "0", "2024-07-02"])
def test_a_month_that_is_none_leads_back_to_the_list(admin_client, nonsense):
    MonthlyReportFactory()
    response = admin_client.get(page(MonthlyReport, "changelist"), {"period": nonsense})
    assert response.headers["Location"].endswith("?e=1")


# --- Breakdowns ----------------------------------------------------------------------------


def test_categories_are_retired_and_brought_back(admin_client):
    category = make_category()
    choose(admin_client, Category, "retire", [category])
    assert not Category.objects.in_use().exists()
    choose(admin_client, Category, "bring_back", [category])
    assert Category.objects.in_use().get() == category


def test_history_of_a_category_says_who_retired_it(admin_client, admin_user):
    category, other = make_category(), make_category()
    category.retired = True
    category.save()
    choose(admin_client, Category, "retire", [category, other])
    assert category.history.count() == 2  # it was retired already
    retired, made = other.history.all()
    assert (retired.retired, retired.history_user, retired.history_type) == (True, admin_user, "~")
    assert (made.retired, made.history_type) == (False, "+")
    assert admin_user.username in admin_client.get(page(Category, "history", other.pk)).text


def test_history_of_a_breakdown_says_who_changed_it(admin_client, admin_user):
    dimension = make_dimension()
    address = page(Dimension, "change", dimension.pk)
    sent = as_sent(admin_client.get(address)) | {"name": "Gender", "categories-0-name": "Female"}
    admin_client.post(address, sent)
    for row, name in ((dimension, "Gender"), (dimension.categories.get(), "Female")):
        latest = row.history.first()
        assert (latest.name, latest.history_user) == (name, admin_user)


def test_a_category_with_counts_is_not_deleted(admin_client):
    make_report()
    category = Category.objects.get()
    answer = admin_client.post(page(Category, "delete", category.pk), {"post": "yes"})
    address = page(Dimension, "change", category.dimension_id)
    sent = as_sent(admin_client.get(address)) | {"categories-0-DELETE": "on"}
    refused = admin_client.post(address, sent)
    assert (answer.status_code, refused.status_code) == (403, 200)
    assert Category.objects.filter(pk=category.pk).exists()


def test_a_category_is_added_on_the_page_of_its_dimension(admin_client):
    dimension = make_dimension()
    address = page(Dimension, "change", dimension.pk)
    sent = as_sent(admin_client.get(address)) | {"categories-TOTAL_FORMS": 2}
    sent |= {"categories-1-name": "Boys", "categories-1-code": "boys", "categories-1-position": 1}
    admin_client.post(address, sent)
    assert [str(category) for category in dimension.categories.all()] == ["Sex: Girls", "Sex: Boys"]


# --- What is kept --------------------------------------------------------------------------


def test_an_evaluation_shows_its_verdict_and_how_many_rows(admin_client):
    shown = admin_client.get(page(Evaluation, "change", make_evaluation().pk)).text
    for words in ("reached, strong evidence", "300 in all", "… and 100 more"):
        assert words in shown


@pytest.mark.parametrize(
    ("model", "column"), [(ImportBatch, "found"), (Evaluation, "rows")], ids=["file", "rows"]
)
def test_lists_do_not_load_what_is_long(admin_client, model, column):
    MAKERS[model]()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        admin_client.get(page(model, "changelist"))
    asked = f'"{model._meta.db_table}"."{column}"'
    assert not any(asked in query["sql"] for query in queries.captured_queries)
