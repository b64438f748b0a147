"""Where: areas, sites, and when each site was open."""

from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from simple_history.models import HistoricalRecords

from programs.fields import MonthField
from programs.models.memberships import Membership, Role
from programs.periods import Period, format_month

code_validator = RegexValidator(
    r"^[A-Za-z0-9][A-Za-z0-9_.-]*$",
    "A code holds letters, digits, dots, hyphens and underscores, and begins with a letter "
    "or digit, such as NB-014.",
)


class AreaQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Areas that hold a site this user may see, and the areas around them."""
        parents = dict(Area.objects.values_list("pk", "parent"))
        shown = set()
        for area in Site.objects.visible_to(user).values_list("area", flat=True).distinct():
            while area is not None and area not in shown:
                shown.add(area)
                area = parents[area]
        return self.filter(pk__in=shown)


class Area(models.Model):
    """A place in the hierarchy, such as a country, region or district. Totals roll up."""

    class Kind(models.TextChoices):
        COUNTRY = "country", "Country"
        REGION = "region", "Region"
        DISTRICT = "district", "District"
        SUBDISTRICT = "subdistrict", "Subdistrict"

    name = models.CharField(max_length=120)
    code = models.CharField(max_length=40, unique=True, validators=[code_validator])
    kind = models.CharField(max_length=20, choices=Kind)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children"
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(parent=F("id")),
                name="area_is_not_its_own_parent",
                violation_error_message="An area cannot lie in itself. Choose another parent.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.get_kind_display().lower()})"

    def clean(self):
        above = self.parent
        while above is not None:
            if above.pk == self.pk:
                raise ValidationError(
                    {"parent": f"{self.parent} lies in {self.name}. Choose a parent outside it."}
                )
            above = above.parent


class SiteQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Sites of this user's programs, where the membership covers them."""
        return self._covered_by(Membership.objects.filter(user_id=user.pk))

    def writable_by(self, user):
        """Sites whose counts this user may enter."""
        return self._covered_by(
            Membership.objects.filter(user_id=user.pk, role__in=[Role.REPORTER, Role.MANAGER])
        )

    def managed_by(self, user):
        """Sites of which this user may say what becomes of them: a manager of all sites of
        every program in which they take part."""
        managing = Membership.objects.filter(
            program=OuterRef("participations__program"),
            user_id=user.pk,
            role=Role.MANAGER,
            all_sites=True,
        )
        parts = Site.objects.filter(pk=OuterRef("pk"), participations__isnull=False)
        return self.filter(Exists(parts), ~Exists(parts.filter(~Exists(managing))))

    def covered_by(self, membership):
        """The program's sites that this one membership covers."""
        sites = self.filter(participations__program=membership.program_id)
        return sites if membership.all_sites else sites.filter(memberships=membership)

    def _covered_by(self, memberships):
        covering = memberships.filter(
            Q(all_sites=True) | Q(sites=OuterRef("pk")),
            program__participations__site=OuterRef("pk"),
        )
        return self.filter(Exists(covering))


class Site(models.Model):
    """Where births are attended and counted. Its code is the key in every exchange."""

    class Kind(models.TextChoices):
        HOSPITAL = "hospital", "Hospital"
        HEALTH_CENTRE = "health_centre", "Health centre"
        MOBILE_CLINIC = "mobile_clinic", "Mobile clinic"
        COMMUNITY = "community", "Community"

    class Setting(models.TextChoices):
        URBAN = "urban", "Urban"
        RURAL = "rural", "Rural"

    name = models.CharField(max_length=120)
    code = models.CharField(
        max_length=40,
        unique=True,
        validators=[code_validator],
        help_text="The key in every exchange of data. Never change it once counts have come in.",
    )
    area = models.ForeignKey(Area, models.PROTECT, related_name="sites")
    kind = models.CharField(max_length=20, choices=Kind)
    setting = models.CharField(max_length=10, choices=Setting, blank=True)
    latitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
    )
    distance_to_referral_km = models.PositiveIntegerField(
        "distance to referral (km)", null=True, blank=True
    )
    mothers_with_schooling_percent = models.PositiveSmallIntegerField(
        "mothers with schooling (%)", null=True, blank=True, validators=[MaxValueValidator(100)]
    )
    has_safe_water = models.BooleanField(null=True, blank=True)
    poverty_quintile = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(5)],
        help_text="1 is the poorest fifth of the country, 5 the richest.",
    )

    objects = SiteQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["name", "code"]
        constraints = [
            models.CheckConstraint(
                # Said apart: beside NULL a range is neither true nor false, and passes.
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="site_has_both_coordinates_or_none",
                violation_error_message="Give both latitude (-90 to 90) and longitude "
                "(-180 to 180), or neither.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"

    @property
    def operation(self) -> list[Period]:
        """The periods in which the site was open; still open means to the end of time."""
        return [spell.period for spell in self.spells.all()]


class OperationSpell(models.Model):
    """Months in which a site was open, from first to last. No last month: still open.

    A site without any spell was never open, and nothing is expected of it.
    """

    site = models.ForeignKey(Site, models.CASCADE, related_name="spells")
    first_month = MonthField()
    last_month = MonthField(null=True, blank=True, help_text="Empty while the site is open.")

    history = HistoricalRecords()

    class Meta:
        ordering = ["first_month"]
        verbose_name = "spell of operation"
        verbose_name_plural = "spells of operation"
        constraints = [
            models.CheckConstraint(
                condition=Q(last_month=None) | Q(last_month__gte=F("first_month")),
                name="spell_ends_after_it_begins",
                violation_error_message="A spell cannot end before it begins.",
            ),
            models.UniqueConstraint(
                fields=["site"],
                condition=Q(last_month=None),
                name="one_open_spell_per_site",
                violation_error_message="This site has an open spell already. "
                "Give that one its last month first.",
            ),
        ]

    def __str__(self) -> str:
        first = format_month(self.first_month)
        return f"{first} to {format_month(self.last_month)}" if self.last_month else f"from {first}"

    @property
    def period(self) -> Period:
        return Period(self.first_month, self.last_month or date.max.replace(day=1))

    def clean(self):
        if self.site_id is None or self.first_month is None:
            return
        for other in self.site.spells.exclude(pk=self.pk):
            if other.period.intersection(self.period):
                raise ValidationError(
                    f"This spell overlaps the one {other}. Spells of one site may not overlap; "
                    "change one of them."
                )
