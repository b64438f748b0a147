"""`manage.py import_reports`: all of a file or nothing, said in sentences."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError

from metrics.models import Door, ImportBatch, MonthlyReport, Status
from programs.models import Role
from tests.factories import (
    MembershipFactory,
    MonthlyReportFactory,
    ParticipationFactory,
    SiteFactory,
    UserFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

HEADER = "site_code,month,live_births,infant_deaths"
GOOD = f"{HEADER}\nNB-1,2025-01,40,2\nNB-1,2025-02,38,\nNB-1,2025-03,,\n"


@pytest.fixture
def program():
    site = SiteFactory(code="NB-1", name="Kirel")
    return ParticipationFactory(site=site, program__slug="healthy").program


@pytest.fixture
def bring_in(tmp_path):
    """Write a file, run the command on it, and return what it said on both channels."""

    def run(text, *options, slug="healthy", encoding="utf-8"):
        file = tmp_path / "reports.csv"
        file.write_text(text, encoding=encoding)
        run.said, run.complained = StringIO(), StringIO()
        call_command(
            "import_reports", str(file), "--program", slug, *options,
            stdout=run.said, stderr=run.complained,
        )  # fmt: skip
        return run.said.getvalue()

    return run


def is_untouched():
    return not (MonthlyReport.objects.exists() or ImportBatch.objects.exists())


def test_file_comes_in_whole_and_the_counts_are_told(program, bring_in):
    said = bring_in(GOOD)
    assert "2 new, 1 empty, so not reported; 1 questioned." in said
    assert said.endswith("Applied.\n")
    stored = MonthlyReport.objects.values_list("month", "live_births", "infant_deaths")
    assert list(stored) == [(date(2025, 1, 1), 40, 2), (date(2025, 2, 1), 38, None)]


def test_reports_are_submitted_through_the_door_for_files(program, bring_in):
    bring_in(GOOD)
    report = MonthlyReport.objects.first()
    assert (report.status, report.door, report.entered_by) == (Status.SUBMITTED, Door.FILE, None)


def test_same_file_again_changes_nothing(program, bring_in):
    bring_in(GOOD)
    before = list(MonthlyReport.objects.values_list())
    assert "2 unchanged, 1 empty" in bring_in(GOOD)
    assert list(MonthlyReport.objects.values_list()) == before
    assert MonthlyReport.history.count() == 2


def test_changed_row_makes_a_new_version(program, bring_in):
    bring_in(GOOD)
    assert "1 changed, 1 unchanged, 1 empty" in bring_in(GOOD.replace("40,2", "41,2"))
    report = MonthlyReport.objects.get(live_births=41)
    assert (report.version, report.history.count()) == (2, 2)


def test_dry_run_tells_the_counts_and_writes_nothing(program, bring_in):
    said = bring_in(GOOD, "--dry-run")
    assert "2 new" in said
    assert said.endswith("A dry run: nothing was written.\n")
    assert is_untouched()


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_fault_stops_the_whole_file_and_is_named_by_row_and_column(program, bring_in, options):
    with pytest.raises(CommandError, match=r"Nothing was written.*faults: 1"):
        bring_in(GOOD.replace("38,", "38,two"), *options)
    assert 'row 3, infant_deaths: "two" is not a whole number' in bring_in.complained.getvalue()
    assert is_untouched()


def test_column_that_is_missing_is_told_with_a_line_that_names_it(program, bring_in):
    with pytest.raises(CommandError) as error:
        bring_in("place,month,live_births\nA,2025-01,40\n")
    assert str(error.value).endswith(
        "No column says which site each row is of. The header has place, month, live_births. "
        "Rename a column or map it, for example: site_name = district."
    )


def test_rest_comes_in_where_refused_rows_may_be_left_out(program, bring_in):
    said = bring_in(GOOD.replace("38,", "38,two"), "--leave-out-refused")
    assert "1 new, 1 empty, so not reported, 1 refused" in said
    assert said.endswith("Applied.\n")
    assert MonthlyReport.objects.get().live_births == 40
    assert ImportBatch.objects.get().rows_left_out == 1


def test_many_faults_are_told_in_short(program, bring_in):
    rows = "".join(f"NB-1,2025-01,-{number},0\n" for number in range(1, 26))
    with pytest.raises(CommandError, match="faults: 25 rows"):
        bring_in(f"{HEADER}\n{rows}")
    complained = bring_in.complained.getvalue().splitlines()
    assert len(complained) == 21
    assert complained[-1] == "and more"


def test_approved_report_is_not_overwritten(program, bring_in):
    site = program.sites.get()
    MonthlyReportFactory(site=site, month=date(2025, 1, 1), status=Status.APPROVED)
    with pytest.raises(CommandError, match="Nothing was written"):
        bring_in(GOOD)
    assert "approved report" in bring_in.complained.getvalue()
    assert MonthlyReport.objects.get().live_births == 100


def test_mapping_may_be_given_often(program, bring_in):
    text = "place;when;births\nkirel;2025-01;40\n"
    said = bring_in(
        text, "--mapping", "site_name=place", "--mapping", "month = when",
        "--mapping", "live_births=births",
    )  # fmt: skip
    assert "1 new" in said


def test_mapping_may_stand_in_a_file(program, bring_in, tmp_path):
    mapping = tmp_path / "mapping.txt"
    mapping.write_text('\ufeffsite_code = "NB-1"\nmonth = when\n', encoding="utf-8")
    said = bring_in("when,live_births,notes\n2025-01,40,x\n", "--mapping-file", str(mapping))
    assert "1 new" in said
    assert "Columns not used: notes." in said


def test_mapping_file_in_another_encoding_is_refused(program, bring_in, tmp_path):
    mapping = tmp_path / "mapping.txt"
    mapping.write_bytes("site_name = città".encode("latin-1"))
    with pytest.raises(CommandError, match="not UTF-8"):
        bring_in(GOOD, "--mapping-file", str(mapping))


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [("place=district", "none of our columns"), ("site_name=place", "has no such column")],
)
def test_mapping_that_does_not_fit_is_refused(program, bring_in, mapping, sentence):
    with pytest.raises(CommandError, match=sentence):
        bring_in(GOOD, "--mapping", mapping)
    assert is_untouched()


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
@pytest.mark.parametrize(
    ("text", "encoding", "sentence"),
    [
        ("", "utf-8", "is empty"),
        (HEADER, "utf-8", "no rows"),
        ("a,\x00,b", "utf-8", "cannot be read"),
    ],
)
def test_file_that_cannot_be_read_is_refused(program, bring_in, options, text, encoding, sentence):
    with pytest.raises(CommandError, match=sentence):
        bring_in(text, *options, encoding=encoding)
    assert is_untouched()


def test_file_that_is_not_there_is_named(program, tmp_path):
    with pytest.raises(CommandError, match=r"nowhere.csv cannot be read: No such file"):
        call_command("import_reports", str(tmp_path / "nowhere.csv"), program="healthy")


def test_unknown_program_is_answered_with_those_that_there_are(program, bring_in):
    with pytest.raises(CommandError, match=r'no program "wealthy"\. There are: healthy'):
        bring_in(GOOD, slug="wealthy")


def test_unknown_program_in_an_empty_database_says_none_yet(bring_in):
    with pytest.raises(CommandError, match="none yet"):
        bring_in(GOOD)


def test_file_comes_in_under_a_managers_name(program, bring_in):
    manager = MembershipFactory(program=program, role=Role.MANAGER).user
    bring_in(GOOD, "--by", manager.username)
    assert ImportBatch.objects.get().uploaded_by == manager
    report = MonthlyReport.objects.first()
    assert (report.entered_by, report.history.get().history_user) == (manager, manager)


def test_unknown_user_is_refused(program, bring_in):
    with pytest.raises(CommandError, match='no user "nobody"'):
        bring_in(GOOD, "--by", "nobody")


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REPORTER])
def test_file_does_not_come_in_under_the_name_of_one_who_may_not(program, bring_in, role):
    member = MembershipFactory(program=program, role=role).user
    with pytest.raises(CommandError, match="Only a manager of all sites"):
        bring_in(GOOD, "--by", member.username)
    assert is_untouched()


def test_stranger_is_refused(program, bring_in):
    with pytest.raises(CommandError, match="Only a manager"):
        bring_in(GOOD, "--by", UserFactory().username)


def test_report_that_somebody_makes_meanwhile_undoes_the_import(program, bring_in, monkeypatch):
    def meet_another(*args, **kwargs):
        raise IntegrityError

    monkeypatch.setattr("metrics.imports.batches.write_rows", meet_another)
    with pytest.raises(CommandError, match="somebody reported one of these months just now"):
        bring_in(GOOD)
    assert is_untouched()
