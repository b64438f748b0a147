"""Load programs to look at into an empty database."""

from argparse import ArgumentTypeError
from datetime import date

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from metrics.demo import DEMO_PASSWORD, SIGN_INS, is_demo_loaded, load_demo


class Command(BaseCommand):
    help = (
        "Loads the demonstration: three invented programs and two of real counts. "
        "Where there is a program already, it changes nothing."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--today",
            type=_read_day,
            metavar="YYYY-MM-DD",
            help="the day on which the stories are told; without it, today",
        )

    def handle(self, *, today=None, **options):
        try:
            programs = load_demo(today=today or timezone.localdate())
        except ValueError as error:
            raise CommandError(f"Nothing was loaded. {error}") from error
        for program in programs:
            self.stdout.write(f"Loaded {program.name}.")
        if not programs:
            self.stdout.write("There are programs already, so nothing was loaded.")
        if is_demo_loaded():
            self._tell_sign_ins()

    def _tell_sign_ins(self):
        self.stdout.write(f'\nSign in with the password "{DEMO_PASSWORD}" as')
        for own in SIGN_INS:
            self.stdout.write(f"  {own.username:<9} {own.first_name} {own.last_name}, {own.may}")
        self.stdout.write(
            "An account that was here before keeps its own password. Everybody knows this one: "
            "keep the demonstration where only you can reach it."
        )


def _read_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f'"{text}" is not a day. Write it as 2026-01-31.') from error
