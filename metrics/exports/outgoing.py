"""A file on its way out: its rows made safe, counted, and its checksum taken as they go by."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime

from django.utils import timezone

from metrics.exports.batches import safe_batches, write_csv
from metrics.exports.datasets import Asked, Cells, Dataset


class Outgoing:
    """The rows of one dataset for one question.

    rows, sha256 : complete once all pieces went by; the checksum is that of the CSV file
    """

    def __init__(self, dataset: Dataset, asked: Asked):
        self.dataset, self.asked = dataset, asked
        self.rows = 0
        self.began_at: datetime = timezone.localtime()
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()

    def pieces(self) -> Iterator[tuple[Sequence[Cells], bytes]]:
        """Yield the rows in batches, the header first, and the same as a piece of the CSV file."""
        yield self._pass([self.dataset.header])
        for batch in safe_batches(self.dataset.rows(self.asked), self.dataset.texts):
            self.rows += len(batch)
            yield self._pass(batch)

    def csv(self) -> Iterator[bytes]:
        return (piece for _, piece in self.pieces())

    def _pass(self, batch):
        piece = write_csv(batch)
        self._digest.update(piece)
        return batch, piece
