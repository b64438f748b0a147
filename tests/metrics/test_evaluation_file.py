"""A frozen verdict found again from its file, without the database."""

import json

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from metrics.evaluations import (
    UnreadableDocumentError,
    checksum_of,
    document_of,
    recompute,
    to_bytes,
)
from tests.factories import MembershipFactory
from tests.metrics.freezing import (
    freeze,
    promise_with,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "evaluation.json"
    path.write_bytes(to_bytes(document_of(freeze(promise_with()))))
    return path


def change_file(path, change):
    document = json.loads(path.read_bytes())
    change(document)
    path.write_text(json.dumps(document, indent=2))


def test_command_finds_the_same(file, capsys):
    change_file(file, lambda document: None)  # laid out anew, which changes nothing
    call_command("recompute_evaluation", file)
    assert capsys.readouterr().out == "same\n"


def test_command_names_the_verdict_that_rows_do_not_give(file):
    def forge(document):
        document["verdict"]["state"] = "reached_strong"
        document["checksum"] = checksum_of(document)

    change_file(file, forge)
    sentence = 'verdict.state: "reached_strong" in the file, "reached_point_not_certain" recomputed'
    with pytest.raises(CommandError, match=sentence):
        call_command("recompute_evaluation", file)


def test_command_names_a_checksum_that_does_not_fit(file):
    change_file(file, lambda document: document["exclusions"].append("one more"))
    with pytest.raises(CommandError, match=r"checksum: .* but its content gives"):
        call_command("recompute_evaluation", file)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"format": 1}', '{"format": NaN}', "[" * 9999]
)
def test_command_refuses_with_a_sentence_what_is_no_evaluation(tmp_path, text):
    path = tmp_path / "other.json"
    path.write_text(text)
    with pytest.raises(CommandError, match=r"Export|no JSON object|is not known|is not JSON"):
        call_command("recompute_evaluation", path)


def test_command_says_that_there_is_no_file(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file"):
        call_command("recompute_evaluation", tmp_path / "none.json")


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("deaths", -1, "is negative"),
        ("deaths", "5", "cannot be judged"),
        ("month", "2022-01", "lies in neither period"),
        ("month", "2023-02", "is there twice"),
    ],
)
def test_row_that_cannot_be_is_refused(key, value, sentence):
    document = document_of(freeze(promise_with()))
    document["rows"][0][key] = value
    with pytest.raises(UnreadableDocumentError, match=sentence):
        recompute(document)


# --- Taking it from its page --------------------------------------------------------------------


def test_file_is_recomputed_to_the_same_bytes(client):
    evaluation = freeze(promise_with())
    program = evaluation.target.program
    client.force_login(MembershipFactory(program=program).user)
    response = client.get(reverse("evaluation_json", args=[program.slug, evaluation.pk]))
    document = json.loads(response.content)
    assert to_bytes(recompute(document)) == response.content
    assert checksum_of(document) == document["checksum"] == evaluation.checksum
    assert response["Content-Disposition"].endswith(f'-2025-07-15-{evaluation.checksum[:8]}.json"')


def test_member_of_some_sites_does_not_get_the_file(client):
    evaluation = freeze(promise_with(sites=2))
    program = evaluation.target.program
    site = program.sites.get(code="S-0")
    client.force_login(MembershipFactory(program=program, sites=[site]).user)
    response = client.get(reverse("evaluation_json", args=[program.slug, evaluation.pk]))
    assert response.status_code == 403
    assert "This file holds the reports of every site" in response.text
    assert (
        reverse("evaluation_json", args=[program.slug, evaluation.pk])
        not in client.get(reverse("evaluation", args=[program.slug, evaluation.pk])).text
    )
