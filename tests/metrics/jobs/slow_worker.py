"""A worker like any other, but that it rests after each small piece it has written, so that it can
be met in the middle of it: REST=0.5 python -m tests.metrics.jobs.slow_worker"""

import os
import time

import django

PIECE_ROWS = 1200


def work():
    django.setup()

    from django.core.management import call_command

    from metrics.imports import batches, writing

    def write_slowly(rows, *, report, **more):
        def rest(done):
            report(done)
            time.sleep(float(os.environ["REST"]))

        write_rows(rows, report=rest, **more)

    write_rows, batches.write_rows = writing.write_rows, write_slowly
    writing.PIECE_ROWS = PIECE_ROWS
    call_command("work")


if __name__ == "__main__":
    work()
