"""Notes below a table, such as "Source: HMIS 2024": the last rows, of one text and no counts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

MOST_NOTES = 10  # more of them are rows that went wrong, not notes
_SEPARATORS = ";|\t"
_FIRST_COLUMNS = 2  # in which a note begins

Numbers = np.ndarray


@dataclass
class Notes:
    """Those at the end of what has been read so far: the number of each row, its text, and in which
    column that stands."""

    texts: dict[int, str] = field(default_factory=dict)
    places: dict[int, int] = field(default_factory=dict)

    def look(self, row: Numbers, cells: Sequence[Sequence[str]], is_wrong, is_ours):
        """Look at the end of the next rows.

        is_wrong : of each row whether it cannot be placed
        is_ours : whether the cell of a row, by its place, holds a site or a month after all
        """
        found: dict[int, str] = {}
        for n in range(len(row) - 1, -1, -1):
            filled = [at for at, cell in enumerate(cells[n]) if cell.strip()]
            if not filled:
                continue
            text = cells[n][filled[0]]
            is_note = len(filled) == 1 and filled[0] < _FIRST_COLUMNS and _is_prose(text)
            if not (is_wrong[n] and is_note) or is_ours(n, filled[0]):
                self.texts.clear()
                break
            found[int(row[n])] = text
            self.places[int(row[n])] = filled[0]
        self.texts |= found

    def settle(self, refused: Counter[str]) -> dict[int, str]:
        """Those that are notes for sure: few, and nothing that stands for a site elsewhere.

        refused : what stands for a site in rows that cannot be placed, these among them
        """
        own = Counter(self.texts.values())
        notes = {row: text for row, text in self.texts.items() if refused[text] <= own[text]}
        return notes if len(self.texts) <= MOST_NOTES else {}


def _is_prose(text: str) -> bool:
    """Whether it has letters, and is no row whose cells another sign parts."""
    return any(own.isalpha() for own in text) and not any(own in _SEPARATORS for own in text)
