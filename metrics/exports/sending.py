"""Files on their way to whoever asked for them: named, streamed, kept by no cache."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum
from itertools import chain, islice

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

from metrics.exports.archives import stream_archive
from metrics.exports.batches import safe_batches, write_csv
from metrics.exports.datasets import Asked, Dataset
from metrics.exports.outgoing import Outgoing
from metrics.exports.workbooks import write_workbook


class Ending(StrEnum):
    """What kind of file it is."""

    CSV = "csv"
    XLSX = "xlsx"
    ZIP = "zip"


# Made before the answer begins: the header and the first rows, so that what fails is an error page
# and not a file that ends too soon.
BEGUN = 2
CONTENT_TYPES = {
    Ending.CSV: "text/csv; charset=utf-8",
    Ending.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Ending.ZIP: "application/zip",
}


def file_name(program, kind: str, as_of: date, ending: str = "csv") -> str:
    return f"{program.slug}-{kind}-{as_of.isoformat()}.{ending}"


def send_dataset(
    dataset: Dataset, asked: Asked, ending: Ending, *, head_only: bool = False
) -> HttpResponseBase:
    """Send a dataset as a file. For a HEAD nothing is read."""
    name = file_name(asked.program, dataset.kind, asked.today, ending)
    if head_only:
        return _name(StreamingHttpResponse((), content_type=CONTENT_TYPES[ending]), name)
    outgoing = Outgoing(dataset, asked)
    if ending is Ending.XLSX:
        book = FileResponse(write_workbook(outgoing, name), content_type=CONTENT_TYPES[ending])
        return _name(book, name)
    pieces = outgoing.csv()
    if ending is Ending.ZIP:
        csv_name = file_name(asked.program, dataset.kind, asked.today)
        pieces = stream_archive(outgoing, csv_name)
    begun = chain(list(islice(pieces, BEGUN)), pieces)
    return _name(StreamingHttpResponse(begun, content_type=CONTENT_TYPES[ending]), name)


def stream_csv(name: str, rows: Iterable[Iterable[object]]) -> StreamingHttpResponse:
    """Send rows of any making as a CSV file, in batches, without holding all of them."""
    pieces: Iterator[bytes] = (write_csv(batch) for batch in safe_batches(map(tuple, rows)))
    response = StreamingHttpResponse(pieces, content_type=CONTENT_TYPES[Ending.CSV])
    _name(response, name)
    return response


def _name(response: HttpResponseBase, name: str) -> HttpResponseBase:
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = "private, no-store"
    return response
