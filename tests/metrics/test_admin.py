import json
from datetime import UTC, date, datetime

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from metrics.admin import moves
from metrics.models import (
    Benchmark,
    BreakdownCount,
    Category,
    Dimension,
    Evaluation,
    ImportBatch,
    IndicatorAttribute,
    IndicatorCard,
    MonthlyReport,
    Status,
)
from programs.models import Measure, Role
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
    TargetFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def make_dimension():
    count = Dimension.objects.count()
    return Dimension.objects.create(name=f"Sex {count}", code=f"sex{count}")


def make_category(**fields):
    return Category.objects.create(dimension=make_dimension(), name="Girls", code="girls", **fields)


def make_report():
    report = MonthlyReportFactory(entered_by=UserFactory())
    BreakdownCount.objects.create(report=report, category=make_category(), live_births=50)
    return report


def make_benchmark():
    number = Benchmark.objects.count()
    older = Benchmark(place=f"World {number}", value=38, source="WHO", year=2019)
    newer = Benchmark.objects.create(place=older.place, value=37, source="WHO", year=2021)
    older.superseded_by = newer
    older.save()
    return older


def make_card():
    measure = Measure.values[IndicatorCard.objects.count()]
    card = IndicatorCard.objects.create(measure=measure, name=measure)
    IndicatorAttribute.objects.create(card=card, attribute="formula", text="deaths / births")
    return card


def make_evaluation():
    return Evaluation.objects.create(
        target=TargetFactory(),
        frozen_by=UserFactory(),
        inputs={"live_births": 2000},
        verdict={"state": "reached, strong evidence"},
        rows=[{"report": number} for number in range(300)],
        checksum="0" * 64,
    )


def make_batch():
    return ImportBatch.objects.create(
        program=ProgramFactory(), file_name="july.csv", content=b"site,month", mapping={"site": "S"}
    )


MAKERS = {
    MonthlyReport: make_report,
    Dimension: make_dimension,
    Category: make_category,
    Benchmark: make_benchmark,
    IndicatorCard: make_card,
    Evaluation: make_evaluation,
    ImportBatch: make_batch,
}
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
each_model = pytest.mark.parametrize("model", MAKERS, ids=lambda model: model.__name__)


def page(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


@each_model
def test_every_page_opens_for_a_superuser(admin_client, model):
    row = MAKERS[model]()
    pages = [page(model, "changelist"), page(model, "add")]
    pages += [page(model, name, row.pk) for name in ("change", "history", "delete")]
    refused = [200, 403, 200, 200, 403] if model in LOOKED_AT_ONLY else [200] * 5
    assert [admin_client.get(each).status_code for each in pages] == refused


@pytest.mark.parametrize("rows", [1, 3])
@each_model
def test_list_takes_constant_queries(admin_client, django_assert_num_queries, model, rows):
    for _ in range(rows):
        MAKERS[model]()
    with django_assert_num_queries(LIST_QUERIES[model]):
        response = admin_client.get(page(model, "changelist"))
    assert response.status_code == 200
