"""Make a machine ready to serve: what `make run` does before it starts the server."""

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = (
        "Bring the database up to date, gather the static files, and load the demonstration "
        "where there is no program yet. Run again, it changes no data."
    )

    def handle(self, **options):
        for quiet in ("migrate", "createcachetable"):
            call_command(quiet, verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        call_command("load_demo", stdout=self.stdout)
