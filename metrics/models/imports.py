"""Files that were brought in: kept as they came, how they were read, and what became of them."""

from collections.abc import Iterable, Iterator

from django.conf import settings
from django.db import models
from django.db.models import Q

from programs.models import Membership, Program, Role

PIECE_BYTES = 1024 * 1024


def _managed_by(user):
    return Membership.objects.filter(user_id=user.pk, role=Role.MANAGER)


class ImportBatchQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(program__memberships__in=_managed_by(user))


class ImportBatch(models.Model):
    """One file of monthly reports or of their breakdowns: kept as it came, checked, then applied
    as a whole or not at all, and undone as a whole. Not applied: none of its rows count."""

    program = models.ForeignKey(Program, models.PROTECT, related_name="import_batches")
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField("SHA-256", max_length=64)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    mapping = models.JSONField(default=dict, help_text="How the file is read.")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    found = models.JSONField(
        default=dict, help_text="What the last dry run found: numbers, notices, the first faults."
    )
    applied_at = models.DateTimeField(null=True, blank=True)
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    rows_created = models.PositiveIntegerField(default=0)
    rows_changed = models.PositiveIntegerField(default=0)
    rows_unchanged = models.PositiveIntegerField(default=0)
    rows_left_out = models.PositiveIntegerField(
        default=0, help_text="Refused, or in conflict with approved reports."
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ImportBatchQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]
        verbose_name_plural = "import batches"

    def __str__(self) -> str:
        return f"{self.file_name}, {self.uploaded_at:%Y-%m-%d %H:%M}"

    @property
    def is_broken_down(self) -> bool:
        """Whether it was applied as a file of breakdowns, whose rows are parts of reports."""
        return self.found.get("reports") is not None

    @property
    def reports_written(self) -> int:
        """How many reports it wrote; several rows of a file of breakdowns are of one."""
        reports = self.found.get("reports")
        return self.rows_created + self.rows_changed if reports is None else reports

    def keep(self, content: Iterable[bytes]) -> None:
        """Store the file piece by piece, and how large it is."""
        self.size = 0
        for number, piece in enumerate(content):
            self.pieces.create(number=number, content=piece)
            self.size += len(piece)

    def read_pieces(self) -> Iterator[bytes]:
        """The file, piece by piece, so that none of it need be held whole."""
        pieces = self.pieces.order_by("number").values_list("content", flat=True)
        for piece in pieces.iterator(chunk_size=1):
            yield bytes(piece)


class FilePieceQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(batch__in=ImportBatch.objects.visible_to(user))


class FilePiece(models.Model):
    """A part of a file that was brought in, of at most a megabyte. In order they are the file."""

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    objects = FilePieceQuerySet.as_manager()

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "number"],
                name="one_piece_per_batch_and_number",
                violation_error_message="This part of the file is stored already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch}, part {self.number + 1}"


class FileLayoutQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(program__memberships__in=_managed_by(user))


class FileLayout(models.Model):
    """How a program's files with the same header are read: mapped once, remembered. No row: such
    a file has not been mapped yet."""

    program = models.ForeignKey(Program, models.CASCADE, related_name="file_layouts")
    signature = models.CharField(max_length=64, help_text="SHA-256 of the header.")
    mapping = models.JSONField(default=dict)
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    saved_at = models.DateTimeField(auto_now=True)

    objects = FileLayoutQuerySet.as_manager()

    class Meta:
        ordering = ["program", "-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["program", "signature"],
                name="one_layout_per_program_and_header",
                violation_error_message="Files with this header are mapped already.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.program}, {self.signature[:12]}"


class JobQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(batch__in=ImportBatch.objects.visible_to(user))

    def unfinished(self):
        return self.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])


class Job(models.Model):
    """Work on one file that goes on in the background. Its progress and its sign of life stand in
    the cache, since on SQLite nothing can be stored beside a transaction that writes."""

    class Kind(models.TextChoices):
        CHECK = "check", "Dry run"
        APPLY = "apply", "Apply"
        UNDO = "undo", "Undo"

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    options = models.JSONField(default=dict)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    message = models.TextField(blank=True, help_text="How it ended, in a sentence.")

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-requested_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["batch"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_unfinished_job_per_batch",
                violation_error_message="Something is being done with this file already. Wait "
                "until it has ended, or cancel it.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} of {self.batch}"

    @property
    def is_finished(self) -> bool:
        return self.state not in (Job.State.WAITING, Job.State.RUNNING)
