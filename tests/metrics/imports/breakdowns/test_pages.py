"""The pages of a file of breakdowns: upload, columns, dry run, apply, undo."""

import csv
import io
import re
from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from metrics.imports import Found, apply_batch, check_batch
from metrics.jobs import handlers, run_job, start_job
from metrics.models import BreakdownCount, Dimension, ImportBatch, Job
from tests.factories import MembershipFactory, UserFactory
from tests.metrics.imports.breakdowns.breaking_down import (
    GOOD,
    girls_by_month,
    keep,
    parts,
    rows,
)
from tests.metrics.imports.bringing_in import TODAY, receive, summary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today", "report", "manager")]

THEIRS = "clinic,period,Gender,births\nA,2024-01,Girls,19\nA,2024-01,Lads,21\n"


def upload(client, text):
    """Bring a file up; returns the page that one is led to."""
    file = SimpleUploadedFile("parts.csv", text.encode(), content_type="text/csv")
    return client.post("/programs/hb/imports/", {"file": file}).url


def do(client, address, what, **sent):
    """Ask for it as the page does, and do what the worker would."""
    client.post(f"{address}{what}/", sent)
    for job in Job.objects.unfinished():
        run_job(job.pk)
    return client.get(address)


def lines(response):
    return list(csv.reader(io.StringIO(response.getvalue().decode())))


def test_file_goes_from_upload_over_the_dry_run_to_the_parts_and_back(client, manager):
    address = upload(client, GOOD)
    looked_at = client.get(address)
    assert summary(looked_at.context["found"]) == (2, 0, 0, 0, 0)
    assert "Bring in 2 counts by category" in looked_at.text
    assert parts() == []
    applied = do(client, address, "apply")
    assert parts() == [("female", 19, 1), ("male", 21, 1)]
    assert "its rows are parts of 1 report, whose totals stayed" in applied.text
    assert Job.objects.get().message == "2 new counts by category, 0 changed, in 1 report."
    assert "Undone" in do(client, address, "undo").text
    assert parts() == []


def test_columns_of_others_are_guessed_and_words_are_said_on_the_page(client, program):
    address = upload(client, THEIRS)
    shown = client.get(address)
    assert summary(shown.context["found"]) == (1, 0, 0, 0, 1)
    assert "What do these words stand for?" in shown.text
    said = {"ours": ["category sex/Lads"], "theirs": ["male"]}
    client.post(f"{address}settle/", said)
    do(client, address, "apply")
    assert parts() == [("female", 19, None), ("male", 21, None)]
    next_file = client.get(upload(client, THEIRS.replace("19", "18").replace("21", "22")))
    assert summary(next_file.context["found"]) == (0, 2, 0, 0, 0)


def test_same_number_in_two_breakdowns_is_said_of_each(client, program):
    ward = Dimension.objects.create(code="ward", name="Ward")
    ward.programs.add(program)
    for code in "xy":
        ward.categories.create(code=code, name=f"Ward {code}")
    address = upload(client, rows("sex,1,19,1", "sex,2,21,1", "ward,1,30,1", "ward,2,10,1"))
    ours = re.findall(r'name="ours" value="([^"]*)"', client.get(address).text)
    client.post(f"{address}settle/", {"ours": ours, "theirs": ["female", "male", "x", "y"]})
    do(client, address, "apply")
    assert parts() == [("female", 19, 1), ("male", 21, 1), ("x", 30, 1), ("y", 10, 1)]


def test_breakdown_that_is_called_otherwise_is_said_on_the_page(client, program):
    address = upload(client, GOOD.replace(",sex,", ",Sexe de l’enfant,"))
    [own] = client.get(address).context["found"].unknown_parts
    assert (own.kind, own.word, own.known) == (
        "dimension", "Sexe de l’enfant", [("sex", "Sex")],
    )  # fmt: skip
    client.post(f"{address}settle/", {"ours": f"dimension {own.word}", "theirs": "sex"})
    assert summary(client.get(address).context["found"]) == (2, 0, 0, 0, 0)


def test_columns_page_offers_dimension_and_category_and_keeps_them(client, program):
    batch = receive(program, GOOD)
    page = f"/programs/hb/imports/{batch.pk}/columns/"
    form = client.get(page).context["form"]
    assert ("sex", "Sex") in form.fields["all_dimension"].choices
    columns = ["site_code", "month", "", "category", "live_births", ""]
    sent = {f"ours_{n}": own for n, own in enumerate(columns)}
    sent |= {f"month_{n}": "" for n in range(6)}
    client.post(page, sent | {"all_dimension": "sex"})
    batch.refresh_from_db()
    assert batch.mapping["dimension"] == '"sex"'
    assert batch.mapping["category"] == "category"
    assert client.get(page).context["form"]["all_dimension"].value() == "sex"
    assert check_batch(batch, today=TODAY).reports == 1


def test_words_that_were_said_before_can_be_forgotten(client, program):
    batch = receive(program, GOOD, {"category Lads": "male", "dimension Sexe": "-"})
    form = client.get(f"/programs/hb/imports/{batch.pk}/columns/").context["form"]
    assert [own.label for own in form.said_before] == [
        "Category Lads: male",
        "Breakdown Sexe: left out",
    ]


def test_every_row_is_told_with_what_would_become_of_it(client, program, report):
    keep(report, female=(18, 1))
    text = rows("sex,female,19,1", "sex,male,21,1", "sex,girls,1,0", "sex,unknown,many,0")
    batch = receive(program, text)
    told = lines(client.get(f"/programs/hb/imports/{batch.pk}/rows.csv"))
    assert [own[:10] for own in told] == [
        ["row", "outcome", "site_code", "month", "dimension", "category",
         "live_births", "live_births_before", "infant_deaths", "infant_deaths_before"],
        ["2", "changed", "A", "2024-01", "sex", "female", "19", "18", "1", "1"],
        ["3", "new", "A", "2024-01", "sex", "male", "21", "", "1", ""],
        ["4", "refused", "A", "2024-01", "sex", "girls", "", "", "", ""],
        ["5", "refused", "A", "2024-01", "sex", "unknown", "", "", "", ""],
    ]  # fmt: skip
    assert [own[10].partition(" is ")[0] for own in told[1:]] == [
        "", "", 'category: "girls"', 'live_births: "many"',
    ]  # fmt: skip


def test_what_a_file_wrote_can_be_taken_also_when_it_was_undone(client, program, report):
    keep(report, female=(18, 1))
    address = upload(client, GOOD)
    do(client, address, "apply")
    written = [
        ["outcome", "site_code", "site_name", "month", "dimension", "category", "live_births",
         "infant_deaths"],
        ["changed", "A", "North", "2024-01", "sex", "female", "19", "1"],
        ["new", "A", "North", "2024-01", "sex", "male", "21", "1"],
    ]  # fmt: skip
    assert lines(client.get(f"{address}rows.csv")) == written
    do(client, address, "undo")
    assert lines(client.get(f"{address}rows.csv")) == written


def test_large_file_is_looked_through_in_the_background(client, program, settings):
    settings.IMPORT_INLINE_BYTES = 10
    address = upload(client, GOOD + "A,2024-01,sex,girls,0,0\n")
    shown = do(client, address, "check")
    found = shown.context["found"]
    assert (summary(found), found.reports) == ((2, 0, 0, 0, 1), 1)
    assert Found.from_json(found.to_json()) == found
    assert "What do these words stand for?" in shown.text
    assert ImportBatch.objects.get().reports_written == 1


def applied(manager, program):
    batch = receive(program, GOOD, by=manager)
    apply_batch(batch, by=manager, today=TODAY)
    batch.refresh_from_db()
    return batch


def test_applied_file_is_not_looked_through_from_a_stale_tab(client, program, manager):
    """What was found then says how many reports it wrote, by which it is undone."""
    batch = applied(manager, program)
    address = f"/programs/hb/imports/{batch.pk}/"
    assert "It was applied before." in do(client, address, "check").text
    assert not batch.jobs.exists()
    assert "Undone" in do(client, address, "undo").text
    assert parts() == []


@pytest.mark.parametrize("before", [True, False], ids=["while it waits", "while it is read"])
def test_file_that_is_applied_before_it_was_looked_through_keeps_what_it_wrote(
    program, manager, monkeypatch, before
):
    batch = receive(program, GOOD, by=manager)
    job = start_job(batch, Job.Kind.CHECK, by=manager)
    if before:
        apply_batch(batch, by=manager, today=TODAY)
    else:
        apply = partial(apply_batch, batch, by=manager, today=TODAY)
        check = check_batch(batch, today=TODAY)
        monkeypatch.setattr(handlers, "check_batch", lambda *_, **__: apply() and check)
    run_job(job.pk)
    job.refresh_from_db()
    batch.refresh_from_db()
    assert (job.state, batch.reports_written) == ("failed", 1)
    assert job.message.startswith("It was applied before.")


def test_dry_run_that_was_kept_before_there_were_breakdowns_is_still_shown(program):
    kept = check_batch(receive(program, GOOD), today=TODAY).to_json()
    old = {name: own for name, own in kept.items() if name not in ("reports", "unknown_parts")}
    assert Found.from_json(old).reports is None


@pytest.mark.parametrize("role", ["viewer", "manager", None])
def test_stranger_finds_no_such_file(client, program, role):
    batch = receive(program, GOOD)
    user = UserFactory(is_staff=True, is_superuser=True)
    if role:
        MembershipFactory(user=user, role=role)
    client.force_login(user)
    own = f"/programs/hb/imports/{batch.pk}/"
    assert [client.get(f"{own}{page}").status_code for page in ("", "columns/", "rows.csv")] == [
        404
    ] * 3
    assert client.post(f"{own}apply/").status_code == 404
    assert not BreakdownCount.objects.exists()


@pytest.mark.parametrize("months", [1, 3])
def test_dry_run_takes_eighteen_queries(client, program, report, django_assert_num_queries, months):
    batch = receive(program, girls_by_month(report, months))
    # As for reports fourteen; breakdowns, their categories, those asked for, stored parts
    with django_assert_num_queries(18):
        client.get(f"/programs/hb/imports/{batch.pk}/")


@pytest.mark.parametrize("number", [1, 3])
def test_columns_page_takes_as_many_queries_for_one_breakdown_as_for_three(
    client, program, django_assert_num_queries, number
):
    for extra in range(1, number):
        Dimension.objects.create(code=f"d{extra}", name=f"D {extra}").programs.add(program)
    batch = receive(program, GOOD)
    with django_assert_num_queries(8):
        client.get(f"/programs/hb/imports/{batch.pk}/columns/")
