"""The page of a file says which other files it has to do with, and what became of itself."""

import re

import pytest
from django.utils import timezone

from metrics.imports import apply_batch
from metrics.imports.undoing import undo_batch
from metrics.models import ImportBatch
from tests.factories import ParticipationFactory, ProgramFactory, UserFactory
from tests.metrics.imports.bringing_in import GOOD, HEADER, TODAY, bring_in, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


def applied(program, text=GOOD, by=None):
    bring_in(program, text, by=by)
    return ImportBatch.objects.order_by("pk").last()


def see(client, batch):
    text = client.get(f"/programs/hb/imports/{batch.pk}/").text
    return re.sub(r"\s+", " ", text)


def link(batch):
    return f'href="/programs/hb/imports/{batch.pk}/"'


def undo(batch, by=None):
    undo_batch(batch, by=by, now=timezone.now())


def test_same_content_that_was_applied_before_is_said_with_a_link(client, program, manager):
    before = applied(program, by=UserFactory(username="lidia"))
    again = receive(program, GOOD)
    page = see(client, again)
    assert "The same content was brought in before:" in page
    assert re.search(
        rf"{link(before)}>counts.csv</a>, applied 2025-07-15 \d\d:\d\d by lidia\.<", page
    )


def test_same_content_that_was_undone_is_said_to_be(client, program, manager):
    undo(applied(program), by=UserFactory(username="ali"))
    page = see(client, receive(program, GOOD))
    assert re.search(r"by the command line, undone 20\d\d-\d\d-\d\d \d\d:\d\d by ali\.<", page)


def test_content_that_is_another_or_was_not_applied_is_not_said_to_be_the_same(
    client, program, manager
):
    first = receive(program, GOOD)
    applied(program, GOOD.replace("40", "41"))
    elsewhere = ProgramFactory()
    ParticipationFactory(program=elsewhere, site=program.sites.get(code="A"))
    ParticipationFactory(program=elsewhere, site=program.sites.get(code="B"))
    applied(elsewhere)
    assert "The same content" not in see(client, receive(program, GOOD))
    apply_batch(first, by=None, today=TODAY)
    assert "The same content" not in see(client, first)


def test_undone_file_says_by_whom_it_was_applied_and_undone_and_that_nothing_stands(
    client, program, manager
):
    batch = applied(program, by=UserFactory(username="lidia"))
    undo(batch, by=UserFactory(username="ali"))
    page = see(client, batch)
    assert "none of its rows stands any more" in page
    assert re.search(r"<dt>Applied</dt><dd>2025-07-15 \d\d:\d\d by lidia</dd>", page)
    assert re.search(r"<dt>Undone</dt><dd>20\d\d-\d\d-\d\d \d\d:\d\d by ali</dd>", page)
    assert "3 new, 0 changed, 0 unchanged" in page
    assert "The rows it had written" in page
    assert "<dt>New</dt>" not in page


def test_file_under_a_later_one_names_it_and_offers_no_undoing(client, program, manager):
    first = applied(program)
    assert "Undo all of it" in see(client, first)
    second = applied(program, f"{HEADER}\nA,2024-01,41,2\n")
    page = see(client, first)
    assert f"<a {link(second)}>counts.csv</a>, applied 2025-07-15" in page
    assert "Undo all of it" not in page
    assert "Undo all of it" in see(client, second)
    undo(second)
    assert "Undo all of it" in see(client, first)


def test_later_file_of_another_program_is_named_without_a_link(client, program, manager):
    first = applied(program)
    elsewhere = ProgramFactory(name="Elsewhere")
    ParticipationFactory(program=elsewhere, site=program.sites.get(code="A"))
    second = applied(elsewhere, f"{HEADER}\nA,2024-01,41,2\n")
    page = see(client, first)
    assert "counts.csv of Elsewhere, applied" in page
    assert f"imports/{second.pk}/" not in page


def test_later_files_are_looked_for_only_where_reports_have_changed(
    client, program, manager, django_assert_num_queries
):
    batch = applied(program)
    with django_assert_num_queries(7):  # session, user, batch, may manage, job, same, untouched
        client.get(f"/programs/hb/imports/{batch.pk}/")
