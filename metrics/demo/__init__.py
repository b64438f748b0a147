"""Programs to look at: three invented ones that tell a story, and two of real counts."""

from datetime import date

from django.db import transaction

from metrics.demo.people import DEMO_PASSWORD, SIGN_INS, create_people, join_program
from metrics.demo.places import create_areas
from metrics.demo.real import load_andhra_pradesh, load_vienna
from metrics.demo.stage import load_story
from metrics.demo.story import HEALTHY_BEGINNINGS, STORIES
from programs.models import Program

__all__ = ["DEMO_PASSWORD", "SIGN_INS", "is_demo_loaded", "load_demo"]


@transaction.atomic
def load_demo(*, today: date) -> list[Program]:
    """Load the whole demonstration and return its programs.

    today : the stories end with the last month that was over then; the counts are the same
    Where there is a program already nothing changes, and the list is empty.
    """
    if Program.objects.exists():
        return []
    cast = create_people()
    create_areas()
    programs = [load_story(story, cast, today) for story in STORIES]
    for load in (load_andhra_pradesh, load_vienna):
        programs.append(load(by=cast.manager2, today=today))
        join_program(programs[-1], cast)
    return programs


def is_demo_loaded() -> bool:
    return Program.objects.filter(slug=HEALTHY_BEGINNINGS.slug).exists()
