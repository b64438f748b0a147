"""The parts of a file of breakdowns taken out again: new ones go, changed ones hold what they held.

The version of a part says which version of its report it came with; the one before stands in the
history. Asked before the reports themselves are brought back by `metrics/imports/undoing.py`.
"""

from datetime import datetime
from typing import Any

from django.db import connection

from accounts.models import User
from metrics.imports.breakdowns.writing import NAMES
from metrics.imports.writing import FIELDS
from metrics.models import ImportBatch

# What the batch wrote: the parts that came with the first version that is the batch's. Later ones
# were given back to it when a file on top of it was undone, with the parts as it had left them.
WRITTEN = """
    {reports} AS report JOIN {parts_history} AS written ON written.report_id = report.id
        AND written.history_change_reason = 'version ' || (
            SELECT MIN(own.version) FROM {history} AS own
            WHERE own.id = report.id AND own.import_batch_id = %(batch)s
        )
"""
NOTE_DELETED = """
    INSERT INTO {parts_history} ({fields}, {note})
    SELECT {stored}, '-', %(now)s, %(by)s, 'version ' || (report.version + 1)
    FROM {written} JOIN {parts} AS stored ON stored.id = written.id
    WHERE report.import_batch_id = %(batch)s AND written.history_type = '+'
"""
DELETE = """
    DELETE FROM {parts} WHERE id IN (
        SELECT written.id FROM {written}
        WHERE report.import_batch_id = %(batch)s AND written.history_type = '+'
    )
"""
# The plus keeps an index out: PostgreSQL would walk down all versions of all parts for each.
NOTE_RETURNED = """
    INSERT INTO {parts_history} ({fields}, {note})
    SELECT {before}, '~', %(now)s, %(by)s, 'version ' || (report.version + 1)
    FROM {written} JOIN {parts_history} AS before ON before.history_id = (
        SELECT MAX(+earlier.history_id) FROM {parts_history} AS earlier
        WHERE earlier.id = written.id AND earlier.history_id < written.history_id
    )
    WHERE report.import_batch_id = %(batch)s AND written.history_type = '~'
"""
RETURN = """
    UPDATE {parts} AS stored
    SET live_births = noted.live_births, infant_deaths = noted.infant_deaths
    FROM {reports} AS report JOIN {parts_history} AS noted ON noted.report_id = report.id
        AND noted.history_change_reason = 'version ' || (report.version + 1)
    WHERE report.import_batch_id = %(batch)s AND noted.id = stored.id
        AND noted.history_type = '~'
"""


def undo_parts(batch: ImportBatch, *, by: User | None, now: datetime) -> bool:
    """Bring the parts that a file wrote back to what they were, each with a version that says so.

    Called while the reports still stand as the file left them, and are held. Returns whether all
    of them could be; where not, the transaction must not be kept.
    """
    said: dict[str, Any] = {
        "batch": batch.pk,
        "by": by and by.pk,
        "now": FIELDS["updated_at"].get_db_prep_save(now, connection),
    }
    before = ", ".join(f"before.{name}" for name in NAMES["fields"].split(", "))
    names = NAMES | {"written": WRITTEN.format(**NAMES), "before": before}
    undone = 0
    with connection.cursor() as cursor:
        for statement in (NOTE_DELETED, DELETE, NOTE_RETURNED, RETURN):
            cursor.execute(statement.format(**names), said)
            undone += cursor.rowcount
    return undone == 2 * (batch.rows_created + batch.rows_changed)  # a version and a change of each
