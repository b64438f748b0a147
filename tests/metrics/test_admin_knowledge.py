import pytest

from metrics.models import Benchmark, IndicatorAttribute, IndicatorCard
from tests.admin_pages import as_sent, make_benchmark, make_card, page, sign_in_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_seeded(db):
    for model in (IndicatorCard, Benchmark):
        model.objects.all().delete()


def test_a_year_is_written_without_a_comma(client):
    benchmark = make_benchmark()
    sign_in_staff(client, "view_benchmark")
    pages = [page(Benchmark, "changelist"), page(Benchmark, "change", benchmark.pk)]
    assert ["2019" in client.get(address).text for address in pages] == [True, True]
    assert not any("2,019" in client.get(address).text for address in pages)


def test_a_new_card_opens_with_all_twelve_prepared_and_stores_the_written_ones(admin_client):
    address = page(IndicatorCard, "add")
    shown = admin_client.get(address)
    forms = shown.context["inline_admin_formsets"][0].formset.forms
    assert [form["attribute"].value() for form in forms] == IndicatorAttribute.Attribute.values

    sent = as_sent(shown) | {"name": "Infant mortality", "measure": "infant"}
    admin_client.post(address, sent | {"attributes-3-text": "deaths / births"})

    stored = IndicatorCard.objects.get().attributes.values_list("attribute", "text")
    assert list(stored) == [("formula", "deaths / births")]


def test_a_card_prepares_what_is_not_written_yet(admin_client):
    card = make_card()
    shown = admin_client.get(page(IndicatorCard, "change", card.pk))
    forms = shown.context["inline_admin_formsets"][0].formset.forms
    prepared = [form["attribute"].value() for form in forms]
    assert prepared[0] == "formula"
    assert sorted(prepared) == sorted(IndicatorAttribute.Attribute.values)


def test_a_prepared_form_left_empty_is_no_error_when_somebody_else_wrote_it(admin_client):
    card = make_card()
    address = page(IndicatorCard, "change", card.pk)
    sent = as_sent(admin_client.get(address)) | {"name": "Renamed"}
    IndicatorAttribute.objects.create(card=card, attribute="definition", text="Meanwhile.")

    assert admin_client.post(address, sent).status_code == 302
    card.refresh_from_db()
    assert (card.name, card.attributes.count()) == ("Renamed", 2)


def test_a_search_does_not_change_how_many_texts_a_card_has(admin_client):
    card = make_card()
    IndicatorAttribute.objects.create(card=card, attribute="trend", text="deaths by year")
    shown = admin_client.get(page(IndicatorCard, "changelist"), {"q": "deaths"})
    assert "2 of 12" in shown.text
