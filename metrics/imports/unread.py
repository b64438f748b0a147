"""Columns of which nothing is read: they may say that two rows of the same counts are not the same
row twice, but of two causes of death, or of two wards."""

from collections.abc import Sequence

import numpy as np

from metrics.imports.columns import Columns
from metrics.imports.table import Numbers

_BETWEEN = "\x1f"  # a sign that stands in no cell


def number_unread(texts: Sequence[Sequence[str]], columns: Columns, length: int) -> Numbers | None:
    """Number what each row holds in these columns, and of which count it is where each row says
    it; None where all columns are read.

    texts : of each column its cells
    """
    places = columns.unread
    if not places:
        return None
    if "counted" in columns.places:
        places = [*places, columns.places["counted"]]
    # As one text: numbers of tuples add up to the same where two rows swap a cell.
    rows = map(_BETWEEN.join, zip(*(texts[at] for at in places), strict=True))
    return np.fromiter(map(hash, rows), np.int64, length)
