"""What changed about a place, so that figures before and after are not of the same thing."""

from typing import cast

from django.db import models
from django.db.models import Q
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models.places import Area, Site
from programs.periods import Period, format_month, shift_month


class PlaceChangeQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Changes of the sites one may see, and of the areas around them."""
        return self.filter(
            Q(site__in=Site.objects.visible_to(user)) | Q(area__in=Area.objects.visible_to(user))
        )

    def within(self, period: Period):
        """Changes that part a period in two: from its second month on."""
        return self.filter(month__range=(shift_month(period.first, 1), period.last))


class PlaceChange(models.Model):
    """A site or an area that was not the same from one month on. No row: nothing is known.

    A site that moved to another area is the same, and only the areas' sums are not.
    """

    class Kind(models.TextChoices):
        SPLIT = "split", "Split"
        MERGED = "merged", "Merged"
        BOUNDARY = "boundary", "Boundary or catchment changed"
        MOVED = "moved", "Moved to another area"
        OTHER = "other", "Counted in another way"

    kind = models.CharField(max_length=10, choices=Kind)
    month = MonthField(help_text="The first month in which the new state holds.")
    site = models.ForeignKey(
        Site, models.PROTECT, null=True, blank=True, related_name="place_changes"
    )
    area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, related_name="place_changes"
    )
    successors = models.ManyToManyField(
        Site, blank=True, related_name="preceded_by", help_text="The sites that followed it."
    )
    successor_areas = models.ManyToManyField(
        Area, blank=True, related_name="preceded_by", help_text="The areas that followed it."
    )
    from_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, editable=False, related_name="moves_out"
    )
    to_area = models.ForeignKey(
        Area, models.PROTECT, null=True, blank=True, editable=False, related_name="moves_in"
    )
    note = models.TextField(blank=True, help_text="What changed, in words for readers.")

    objects = PlaceChangeQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[successors, successor_areas])

    class Meta:
        ordering = ["month", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(site=None, area__isnull=False) | Q(site__isnull=False, area=None),
                name="place_change_is_of_a_site_or_an_area",
                violation_error_message="Name the site or the area that changed, not both.",
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="moved", site__isnull=False, from_area__isnull=False, to_area__isnull=False
                )
                | ~Q(kind="moved") & Q(from_area=None, to_area=None),
                name="only_a_site_that_moves_has_areas_it_left_and_reached",
                violation_error_message="A site moves when another area is chosen on its own page.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place}: {self.get_kind_display().lower()} in {format_month(self.month)}"

    @property
    def followers(self) -> list[str]:
        """The names of what there was since then; itself where nothing else is named."""
        names = [own.name for own in self.successors.all()]
        names += [own.name for own in self.successor_areas.all()]
        return sorted(names, key=str.casefold) or [self.place.name]

    @property
    def place(self) -> Site | Area:
        return cast(Site | Area, self.site or self.area)
