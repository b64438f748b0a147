"""Bring a file of monthly reports, or of their breakdowns, into a program."""

from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from metrics.imports import (
    FileRefusedError,
    Found,
    apply_batch,
    check_content,
    parse_mapping,
    receive_file,
)
from programs.models import Program
from programs.permissions import check_may_manage

SHOWN_FAULTS = 20


class Command(BaseCommand):
    help = (
        "Brings in a CSV or XLSX file of monthly reports or of their breakdowns: all of it, or "
        "nothing at a fault."
    )

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--program", required=True, metavar="SLUG")
        parser.add_argument(
            "--mapping",
            action="append",
            default=[],
            metavar="OURS=THEIRS",
            help="our column and the file's, such as site_name=district; may be given often",
        )
        parser.add_argument(
            "--mapping-file", type=Path, metavar="FILE", help="the same, one on each line"
        )
        parser.add_argument(
            "--by", metavar="USERNAME", help="the manager in whose name the file comes in"
        )
        parser.add_argument(
            "--leave-out-refused",
            action="store_true",
            help="bring in the rest where rows are refused or contradict approved reports",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen and write nothing"
        )

    def handle(
        self, *, file, program, mapping, mapping_file, by, dry_run, leave_out_refused, **options
    ):
        found = _find_program(program)
        user = _find_manager(by, found) if by else None
        content = _read(file)
        lines = [*mapping, _read_lines(mapping_file) if mapping_file else ""]
        try:
            columns = parse_mapping("\n".join(lines))
            if dry_run:
                self._check(
                    check_content(found, [content], file.name, columns, today=timezone.localdate())
                )
            else:
                self._apply(found, file.name, content, columns, user, leave_out_refused)
        except FileRefusedError as refusal:
            raise CommandError(f"{file}: {refusal} {refusal.hint}".rstrip()) from refusal
        except IntegrityError as error:
            raise CommandError(
                "Nothing was written: somebody reported one of these months just now. "
                "Bring the file in again."
            ) from error
        self.stdout.write("A dry run: nothing was written." if dry_run else "Applied.")

    @transaction.atomic
    def _apply(self, program, file_name, content, mapping, user, leave_out):
        """Keep the file and write its rows; a fault undoes both."""
        batch = receive_file(
            program=program, file_name=file_name, content=content, mapping=mapping, by=user
        )
        today = timezone.localdate()
        self._check(apply_batch(batch, by=user, today=today, leave_out=leave_out), leave_out)

    def _check(self, run: Found, leave_out: bool = False):
        """Say what a file does; CommandError when it has a fault that stops it."""
        numbers = ", ".join(f"{number:,} {outcome.label}" for outcome, number in run.outcomes)
        self.stdout.write(f"{numbers}; {run.questioned:,} questioned.")
        for notice in run.notices:
            self.stdout.write(notice.text)
        if run.unused_columns:
            self.stdout.write(f"Columns not used: {', '.join(run.unused_columns)}.")
        if run.may_be_applied:
            return
        for fault in run.faults[:SHOWN_FAULTS]:
            self.stderr.write(str(fault))
        if len(run.faults) > SHOWN_FAULTS:
            self.stderr.write("and more")
        if leave_out:
            return
        raise CommandError(
            f"Nothing was written, for the file has faults: {run.left_out:,} rows. "
            "Correct them and bring it in again."
        )


def _find_program(slug):
    program = Program.objects.filter(slug=slug).first()
    if program is None:
        known = ", ".join(Program.objects.values_list("slug", flat=True)) or "none yet"
        raise CommandError(f'There is no program "{slug}". There are: {known}.')
    return program


def _find_manager(username, program):
    user = User.objects.filter(username=username).first()
    if user is None:
        raise CommandError(f'There is no user "{username}". Give a manager of {program}.')
    try:
        check_may_manage(user, program)
    except PermissionDenied as refusal:
        raise CommandError(f"{username} may not: {refusal}") from refusal
    return user


def _read(path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _read_lines(path) -> str:
    try:
        return _read(path).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text. Save it as UTF-8.") from error
