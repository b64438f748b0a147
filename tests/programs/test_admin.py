from datetime import date

import pytest

from programs.admin import programs as program_pages
from programs.models import (
    Area,
    Intervention,
    Membership,
    Participation,
    PlaceChange,
    Program,
    Site,
    Target,
)
from tests.admin_pages import MAKERS, all_pages, as_sent, boxes, make_program, page, sign_in_staff
from tests.factories import (
    InterventionFactory,
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    ProgramFactory,
    SiteFactory,
)

pytestmark = pytest.mark.django_db

# Session, user, two counts and the rows; one more where a filter offers the programs.
LIST_QUERIES = {
    Area: 5,
    Site: 6,
    Program: 5,
    Participation: 6,
    Intervention: 6,
    Target: 6,
    Membership: 6,
    PlaceChange: 5,
}
each_model = pytest.mark.parametrize("model", LIST_QUERIES, ids=lambda model: model.__name__)
with_history = pytest.mark.parametrize(
    "model", [Site, Program, Participation, Target, Membership, PlaceChange]
)

OVERLAP = (
    "The spell from 2024-06 overlaps the one 2020-01 to 2024-06. Spells of one site may not "
    "overlap; change one of them."
)


# --- Every page ----------------------------------------------------------------------------


@each_model
def test_every_page_opens_for_a_superuser(admin_client, model):
    pages = all_pages(MAKERS[model]())
    assert [admin_client.get(address).status_code for address in pages] == [200] * 5


@each_model
def test_staff_without_rights_are_refused_everywhere(client, model):
    pages = all_pages(MAKERS[model]())
    sign_in_staff(client)
    assert [client.get(address).status_code for address in pages] == [403] * 5


@each_model
def test_who_may_only_look_finds_no_box_to_write_in(client, model):
    row = MAKERS[model]()
    sign_in_staff(client, f"view_{model._meta.model_name}")
    shown = client.get(page(model, "change", row.pk))
    assert shown.status_code == 200
    assert boxes(shown) == []
    assert "1 Jan" not in shown.text  # a month is 2024-01


@each_model
def test_a_row_sent_back_as_it_is_stays_as_it_is(admin_client, model):
    row = MAKERS[model]()
    before = model.objects.filter(pk=row.pk).values().get()
    address = page(model, "change", row.pk)

    response = admin_client.post(address, as_sent(admin_client.get(address)))

    assert response.status_code == 302
    assert model.objects.filter(pk=row.pk).values().get() == before


@pytest.mark.parametrize("rows", [1, 3])
@each_model
def test_list_takes_constant_queries(admin_client, django_assert_num_queries, model, rows):
    for _ in range(rows):
        MAKERS[model]()
    with django_assert_num_queries(LIST_QUERIES[model]):
        response = admin_client.get(page(model, "changelist"))
    assert response.status_code == 200


def test_months_are_written_in_our_way(admin_client):
    part = ParticipationFactory()
    assert ">2023-01<" in admin_client.get(page(Participation, "changelist")).text
    history = part.history.get()
    kept = admin_client.get(page(Participation, "simple_history", part.pk, history.pk))
    assert ">2023-01<" in kept.text


def test_site_list_shows_the_last_report(admin_client):
    report = MonthlyReportFactory()
    MonthlyReportFactory(site=report.site, month=date(2024, 5, 1))
    assert '<td class="field-last_report">2024-07</td>' in (
        admin_client.get(page(Site, "changelist")).text
    )


# --- History is there to be read -----------------------------------------------------------


@with_history
def test_who_may_only_look_reads_an_old_version(client, model):
    row = MAKERS[model]()
    sign_in_staff(client, f"view_{model._meta.model_name}")
    address = page(model, "simple_history", row.pk, row.history.earliest().pk)

    shown, sent = client.get(address), client.post(address, {})

    assert (shown.status_code, boxes(shown), sent.status_code) == (200, [], 403)
    assert "1 Jan" not in shown.text


@with_history
def test_an_old_version_shows_no_box_and_cannot_be_restored(admin_client, model):
    row = MAKERS[model]()
    row.save()
    versions = row.history.count()
    address = page(model, "simple_history", row.pk, row.history.earliest().pk)

    shown = admin_client.get(address)
    form = shown.context["adminform"].form
    sent = admin_client.post(address, {box.html_name: box.value() or "" for box in form})

    assert (shown.status_code, boxes(shown), sent.status_code) == (200, [], 403)
    assert row.history.count() == versions


def test_history_says_who_changed_what(admin_client, admin_user):
    part = ParticipationFactory()
    address = page(Participation, "change", part.pk)
    sent = as_sent(admin_client.get(address)) | {"last_month": "2024-06"}

    admin_client.post(address, sent)

    assert part.history.first().history_user == admin_user
    shown = admin_client.get(page(Participation, "history", part.pk)).text
    assert "<strong>Last month:</strong> None → 2024-06" in shown


# --- Sites and their spells ----------------------------------------------------------------


def send_spells(client, site, *spells):
    """Send the site's page with these spells: (first, last), or None to delete that row."""
    address = page(Site, "change", site.pk)
    sent = as_sent(client.get(address)) | {"spells-TOTAL_FORMS": len(spells)}
    for number, spell in enumerate(spells):
        first, last = spell or ("2020-01", "")
        sent |= {f"spells-{number}-first_month": first, f"spells-{number}-last_month": last}
        if spell is None:
            sent[f"spells-{number}-DELETE"] = "on"
    return client.post(address, sent)


def test_a_spell_may_end_where_the_next_begins_in_one_submit(admin_client):
    site = SiteFactory()
    send_spells(admin_client, site, ("2020-01", "2024-05"), ("2024-06", ""))
    assert [str(spell) for spell in site.spells.all()] == ["2020-01 to 2024-05", "from 2024-06"]


def test_overlapping_spells_of_one_submit_are_refused(admin_client):
    site = SiteFactory()
    response = send_spells(admin_client, site, ("2020-01", "2024-06"), ("2024-06", ""))
    formset = response.context["inline_admin_formsets"][0].formset
    assert formset.non_form_errors() == [OVERLAP]
    assert [str(spell) for spell in site.spells.all()] == ["from 2020-01"]


def test_an_earlier_spell_may_be_opened_while_the_later_is_deleted(admin_client):
    site = SiteFactory(spells=[(date(2020, 1, 1), date(2021, 1, 1)), (date(2024, 1, 1), None)])
    send_spells(admin_client, site, ("2020-01", ""), None)
    assert [str(spell) for spell in site.spells.all()] == ["from 2020-01"]


# --- Programs, and the sites chosen in them ------------------------------------------------


def test_a_site_joins_on_the_page_of_the_program(admin_client):
    program, site = make_program(), SiteFactory()
    address, new = page(Program, "change", program.pk), "new_participations"
    sent = as_sent(admin_client.get(address)) | {f"{new}-TOTAL_FORMS": 1}
    sent |= {f"{new}-0-site": site.pk, f"{new}-0-role": "comparison"}

    admin_client.post(address, sent | {f"{new}-0-first_month": "2024-02"})

    joined = program.participations.get(site=site)
    assert (joined.role, joined.first_month) == ("comparison", date(2024, 2, 1))


def test_the_address_of_a_program_is_proposed_while_it_is_new(admin_client):
    row = make_program()
    pages = [page(Program, "add"), page(Program, "change", row.pk)]
    proposed = [admin_client.get(a).context["adminform"].prepopulated_fields for a in pages]
    assert [len(fields) for fields in proposed] == [1, 0]


def test_a_large_program_links_to_its_participations_instead(admin_client, monkeypatch):
    monkeypatch.setattr(program_pages, "MOST_ROWS", 2)
    program = ProgramFactory()
    ParticipationFactory.create_batch(3, program=program)
    shown = admin_client.get(page(Program, "change", program.pk))
    assert "All participations (3)" in shown.text
    assert "participations-0-role" not in shown.text.replace("new_participations", "")


@pytest.mark.parametrize("make", [MembershipFactory, InterventionFactory])
def test_sites_outside_the_program_are_refused(admin_client, make):
    row, stranger = make(), SiteFactory(name="Elsewhere", code="E1")
    address = page(type(row), "change", row.pk)
    sent = as_sent(admin_client.get(address)) | {"sites": [stranger.pk]}
    sent.pop("all_sites", None)
    errors = admin_client.post(address, sent).context["adminform"].form.errors
    assert errors == {
        "sites": [
            f"Not taking part in {row.program}: Elsewhere (E1). Add their participation first, "
            "or leave them out."
        ]
    }


def test_a_membership_covers_all_sites_or_chosen_ones(admin_client):
    part = ParticipationFactory()
    member = MembershipFactory(program=part.program)
    address = page(Membership, "change", member.pk)
    sent = as_sent(admin_client.get(address))

    both = admin_client.post(address, sent | {"sites": [part.site.pk]})
    sent.pop("all_sites")
    neither = admin_client.post(address, sent)

    said = [response.context["adminform"].form.errors["sites"] for response in (both, neither)]
    assert said == [
        ["“All sites” is on, so these say nothing. Clear them, or switch it off."],
        ["No site is covered. Choose sites here, or switch “All sites” on."],
    ]
