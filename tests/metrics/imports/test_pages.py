import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from metrics.imports import batches
from metrics.jobs import run_job
from metrics.models import ImportBatch, Job, MonthlyReport
from metrics.views import imports
from programs.models import Site
from tests.factories import (
    MembershipFactory,
    ProgramFactory,
    UserFactory,
)
from tests.metrics.imports.bringing_in import (
    GOOD,
    HEADER,
    TODAY,
    receive,
    summary,
)

pytestmark = pytest.mark.django_db


def upload(client, content=GOOD, name="counts.csv"):
    content = content if isinstance(content, bytes) else content.encode()
    file = SimpleUploadedFile(name, content, content_type="text/csv")
    return client.post("/programs/hb/imports/", {"file": file})


def apply(client, address, **sent):
    """Ask for it as the page does, and do what the worker would."""
    response = client.post(f"{address}apply/", sent)
    for job in Job.objects.unfinished():
        run_job(job.pk)
    return response


def pages(batch):
    own = f"/programs/hb/imports/{batch.pk}/"
    seen = [own, *(f"{own}{page}" for page in ("columns/", "progress/", "rows.csv"))]
    acts = [f"{own}{act}/" for act in ("settle", "check", "apply", "cancel", "undo")]
    shown = [("get", "/programs/hb/imports/"), *(("get", page) for page in seen)]
    return [*shown, *(("post", act) for act in acts)]


@pytest.mark.usefixtures("today")
def test_file_goes_from_upload_over_the_dry_run_to_the_reports(client, program, manager):
    uploaded = upload(client)
    batch = ImportBatch.objects.get()
    assert (uploaded.status_code, uploaded.url) == (302, f"/programs/hb/imports/{batch.pk}/")
    looked_at = client.get(uploaded.url)
    assert summary(looked_at.context["found"]) == (3, 0, 0, 0, 0)
    assert not MonthlyReport.objects.exists()
    applied = apply(client, uploaded.url)
    assert (applied.status_code, applied.url) == (302, uploaded.url)
    assert MonthlyReport.objects.filter(entered_by=manager).count() == 3
    assert f"by {manager}" in client.get(uploaded.url).text
    assert "Undo the whole file" in client.get(uploaded.url).text


@pytest.mark.usefixtures("today")
def test_faults_are_shown_by_row_and_column(client, program, manager):
    response = client.get(upload(client, GOOD + "A,2024-03,many,0\n").url)
    assert response.status_code == 200
    assert "many&quot; is not a whole number." in response.text
    assert "Leave out the 1 that are refused" in response.text


@pytest.mark.usefixtures("today")
def test_faulty_file_is_applied_only_without_its_refused_rows(client, program, manager):
    address = upload(client, GOOD + "A,2024-03,many,0\n").url
    apply(client, address)
    assert "1 rows are refused or contradict approved reports." in client.get(address).text
    assert not MonthlyReport.objects.exists()
    apply(client, address, leave_out="1")
    assert MonthlyReport.objects.count() == 3
    assert ImportBatch.objects.get().rows_left_out == 1


@pytest.mark.usefixtures("today")
def test_month_reported_while_the_file_is_applied_is_told_and_nothing_written(
    client, program, manager, monkeypatch
):
    def lose_the_race(*arguments, **fields):
        raise IntegrityError

    address = upload(client).url
    monkeypatch.setattr(batches, "write_rows", lose_the_race)
    assert apply(client, address).url == address
    assert "Somebody reported one of these months just now." in client.get(address).text
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. It needs a header row and a row a month."),
        (HEADER.encode(), "The file has a header but no rows."),
        (b"\xff\xfe\x00", "The file is not whole UTF-16 text: byte 3, in line 1"),
    ],
)
def test_unreadable_upload_is_refused_with_a_sentence(client, program, manager, content, sentence):
    response = upload(client, content)
    said = [text for texts in response.context["form"].errors.values() for text in texts]
    assert response.status_code == 422
    assert len(said) == 1
    assert sentence in said[0]
    assert not ImportBatch.objects.exists()


def test_upload_without_a_file_is_refused(client, program, manager):
    response = client.post("/programs/hb/imports/", {})
    assert response.status_code == 422
    assert response.context["form"].errors == {"file": ["This field is required."]}


@pytest.mark.parametrize("name", ["ü" * 250 + ".csv", "../../etc/passwd", "a\x00b.csv"])
def test_odd_file_name_does_no_harm(client, program, manager, name):
    assert upload(client, name=name).status_code == 302
    assert len(ImportBatch.objects.get().file_name) <= 200


@pytest.mark.parametrize("role", ["viewer", "reporter"])
def test_who_does_not_manage_is_told_whom_to_ask(client, program, role):
    batch = receive(program, GOOD)
    client.force_login(MembershipFactory(program=program, role=role).user)
    statuses = [getattr(client, method)(url).status_code for method, url in pages(batch)]
    assert statuses == [403, *[404] * 9]
    assert (
        "Only a manager of all sites of Healthy Beginnings" in client.get(pages(batch)[0][1]).text
    )
    assert upload(client).status_code == 403
    assert not MonthlyReport.objects.exists()


def test_manager_of_some_sites_may_not_bring_in_files(client, program):
    batch = receive(program, GOOD)
    own = MembershipFactory(program=program, role="manager", sites=[Site.objects.first()])
    client.force_login(own.user)
    assert [getattr(client, how)(url).status_code for how, url in pages(batch)] == [403] * 10
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("role", ["viewer", "manager", None])
def test_stranger_finds_no_such_batch(client, program, role):
    batch = receive(program, GOOD)
    user = UserFactory(is_staff=True, is_superuser=True)
    if role:
        MembershipFactory(user=user, role=role)
    client.force_login(user)
    assert [getattr(client, how)(url).status_code for how, url in pages(batch)] == [404] * 10
    assert upload(client).status_code == 404
    assert not MonthlyReport.objects.exists()


def test_batch_is_not_found_under_another_program(client, program, manager):
    batch = receive(program, GOOD)
    MembershipFactory(program=ProgramFactory(slug="other"), user=manager, role="manager")
    assert client.get(f"/programs/other/imports/{batch.pk}/").status_code == 404
    assert client.post(f"/programs/other/imports/{batch.pk}/apply/").status_code == 404


def test_signed_out_person_is_led_to_sign_in(client, program):
    for method, url in pages(receive(program, GOOD)):
        response = getattr(client, method)(url)
        assert (response.status_code, response.url) == (302, f"/account/login/?next={url}")


def test_what_writes_is_never_a_get(client, program, manager):
    batch = receive(program, GOOD)
    acts = [url for how, url in pages(batch) if how == "post"]
    assert [client.get(url).status_code for url in acts] == [405] * 5
    assert not MonthlyReport.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_list_of_files_takes_five_queries(
    client, program, manager, django_assert_num_queries, number
):
    for _ in range(number):
        receive(program, GOOD, by=UserFactory())
    with django_assert_num_queries(5):  # session, user, program, may manage, batches
        client.get("/programs/hb/imports/")


@pytest.mark.usefixtures("today")
@pytest.mark.parametrize("rows", [1, 3])
def test_dry_run_takes_fourteen_queries(client, program, manager, django_assert_num_queries, rows):
    batch = receive(program, "\n".join(GOOD.splitlines()[: rows + 1]))
    # session, user, batch, may manage, last job, same content, pieces, sites, parts, spells,
    # reports, locks
    with django_assert_num_queries(14):
        client.get(f"/programs/hb/imports/{batch.pk}/")


def test_what_is_settled_while_a_file_is_applied_changes_nothing_of_it(
    client, program, manager, monkeypatch
):
    batch = receive(program, GOOD)
    look = imports._may_be_mapped

    def apply_meanwhile(own):
        is_open = look(own)
        batches.apply_batch(batch, by=manager, today=TODAY)
        return is_open

    monkeypatch.setattr(imports, "_may_be_mapped", apply_meanwhile)
    sent = {"ours": "site Nowhere", "theirs": "-"}
    client.post(f"/programs/hb/imports/{batch.pk}/settle/", sent)
    kept = ImportBatch.objects.get()
    assert (kept.applied_at is not None, kept.mapping) == (True, {})
