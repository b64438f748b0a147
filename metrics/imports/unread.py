"""Columns of which nothing is read: they may say that two rows of the same counts are not the same
row twice, but of two causes of death, or of two wards."""

from collections.abc import Sequence

import numpy as np

from metrics.imports.columns import Columns
from metrics.imports.table import Numbers


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
    return np.fromiter(map(hash, zip(*(texts[at] for at in places), strict=True)), np.int64, length)
