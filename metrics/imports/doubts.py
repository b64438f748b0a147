"""What may be meant otherwise than it was guessed: somebody is asked before the dry run."""

from metrics.imports.breakdowns.called import CATEGORY
from metrics.imports.breakdowns.unread import find_unread
from metrics.imports.columns import place_columns
from metrics.imports.headings import Heading, simplify
from metrics.imports.mapping import Lines, Mapping
from metrics.imports.opening import Preview
from metrics.imports.reading import FileRefusedError
from metrics.imports.rivals import find_rivals
from programs.models import Program


def list_doubts(program: Program, preview: Preview, lines: Lines) -> list[str]:
    """A sentence for each column that fits what another was taken for, and for each of categories
    of which nothing is read."""
    unread = find_unread(program, preview, _list_unused(preview, lines))
    return [*find_rivals(preview, lines), *map(str, unread)]


def _list_unused(preview: Preview, lines: Lines) -> list[Heading]:
    """The columns of which nothing is read; of a file of breakdowns not those that name its
    categories once more."""
    try:
        columns = place_columns(preview.headings, Mapping.read(lines))
    except FileRefusedError:  # as where something is missing: the columns are shown all the same
        return [own for own in preview.headings if own.key not in lines.values()]
    again = CATEGORY.split("|") if columns.is_broken_down else []
    unused = [own for own in preview.headings if own.text in columns.unused]
    return [own for own in unused if simplify(own.text) not in again]
