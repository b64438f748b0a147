"""A file as an archive: the CSV, and beside it what is known of it. Streamed while it is made."""

import time
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from metrics.exports.about import about_csv, about_json, describe_file
from metrics.exports.outgoing import Outgoing


class _Outbox:
    """A file that can only be written on; what was written is taken from it piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def write(self, content) -> int:
        self._pieces.append(bytes(content))
        return len(content)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is to be closed."""

    def take(self) -> bytes:
        content = b"".join(self._pieces)
        self._pieces.clear()
        return content


def stream_archive(outgoing: Outgoing, csv_name: str) -> Iterator[bytes]:
    """Yield a ZIP piece by piece: the data first, then, as its checksum is known, what it is."""
    outbox = _Outbox()
    with ZipFile(outbox, "w", ZIP_DEFLATED) as archive:
        with archive.open(_entry(csv_name), "w", force_zip64=True) as entry:
            for piece in outgoing.csv():
                entry.write(piece)
                yield outbox.take()
        about = describe_file(outgoing, csv_name)
        archive.writestr(_entry("about.json"), about_json(about))
        archive.writestr(_entry("about.csv"), about_csv(about))
    yield outbox.take()


def _entry(name: str) -> ZipInfo:
    entry = ZipInfo(name, time.localtime()[:6])
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
