"""The name of a file that somebody sent, made safe to keep, to show and to send back."""

import re
from pathlib import PurePosixPath

LONGEST_NAME = 200
LONGEST_SUFFIX = 20
NO_NAME = "file"


def safe_file_name(name: str) -> str:
    """The last part of a path, in characters that can be seen, at most 200 of them.

    `../../etc/passwd` is "passwd" and `C:\\counts.csv` is "counts.csv"; a name of which nothing
    is left is "file". Marks that turn the direction of writing go, so that a name reads as it is.
    """
    last = re.split(r"[/\\]", name)[-1]
    last = re.sub(r"^[A-Za-z]:", "", last)
    shown = "".join(character for character in last if character.isprintable()).strip(" .")
    if len(shown) <= LONGEST_NAME:
        return shown or NO_NAME
    suffix = PurePosixPath(shown).suffix[:LONGEST_SUFFIX]
    return shown[: LONGEST_NAME - len(suffix)] + suffix


def suffix_of(file_name: str) -> str:
    """How a name ends, in small letters: ".csv", or "" where it has no ending."""
    return PurePosixPath(safe_file_name(file_name)).suffix.lower()
