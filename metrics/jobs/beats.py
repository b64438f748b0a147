"""A thread that says once a second that its process lives; it sees what the other is busy with."""

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Self

from django.db import connections

from metrics.jobs import signs
from metrics.jobs.signs import Progress

logger = logging.getLogger(__name__)


class CancelledError(Exception):
    """Somebody does not want it any more: their name."""


class Pulse:
    """Calls something at once, and then once a second from a thread of its own."""

    def __init__(self, beat: Callable[[], None]):
        self._beat, self._over = beat, Event()
        self._thread = Thread(target=self._go_on, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._beat()
        self._thread.start()
        return self

    def __exit__(self, *error) -> None:
        self._over.set()
        self._thread.join()

    def _go_on(self) -> None:
        while not self._over.wait(signs.SECONDS_BETWEEN):
            try:
                self._beat()
            except Exception:
                # The next one may get through; where none does, the job is given up by a sweep.
                logger.exception("A sign of life could not be left")
        connections.close_all()  # those of this thread


class Beat(Pulse):
    """What a handler tells of its job while it works: in which phase it is, and how far.

    Telling costs nothing, so it may be done as often as one likes.
    """

    def __init__(self, job: int):
        super().__init__(self._say)
        self._job, self._progress = job, Progress()
        self._stopped_by: str | None = None

    def begin(self, phase: str, total: int = 0) -> None:
        """total : how much there is to do; 0 where that is not known"""
        self._progress = Progress(0, total, phase)
        self._stop_if_asked()

    def during(self, phase: str, total: int = 0) -> Callable[[int], None]:
        """A report that begins its phase with the first thing it is told."""

        def report(done: int) -> None:
            if self._progress.phase != phase:
                self.begin(phase, total)
            self.report(done)

        return report

    def report(self, done: int) -> None:
        """CancelledError where somebody has asked for that."""
        self._progress = Progress(done, self._progress.total, self._progress.phase)
        self._stop_if_asked()

    def _say(self) -> None:
        signs.leave_sign(self._job, self._progress)
        self._stopped_by = self._stopped_by or signs.asked_to_stop(self._job)

    def _stop_if_asked(self) -> None:
        if self._stopped_by is not None:
            raise CancelledError(self._stopped_by)
