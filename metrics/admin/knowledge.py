"""What puts figures into context: benchmarks and indicator cards."""

from django.contrib import admin
from django.db.models import Count
from django.forms.models import BaseInlineFormSet, ModelForm

from metrics.models import Benchmark, IndicatorAttribute, IndicatorCard
from programs.admin.bases import MonthsWritten, PlainAdmin

Attribute = IndicatorAttribute.Attribute


@admin.register(Benchmark)
class BenchmarkAdmin(PlainAdmin):
    list_display = ["place", "measure", "rate", "source", "stated_year", "superseded_by"]
    list_select_related = ["superseded_by"]
    list_filter = ["measure", ("superseded_by", admin.EmptyFieldListFilter), "source"]
    search_fields = ["place", "source"]
    autocomplete_fields = ["superseded_by"]
    plainly = ("year",)
    fieldsets = [
        (None, {"fields": ["place", "measure", "value", "per"]}),
        ("Where it is from", {"fields": ["source", "year", "retrieved_on", "superseded_by"]}),
    ]

    @admin.display(ordering="value")
    def rate(self, benchmark):
        return f"{benchmark.value.normalize():f} per {benchmark.per:,}"

    @admin.display(description="year", ordering="year")
    def stated_year(self, benchmark):
        return str(benchmark.year or "not stated")


class AttributeForm(ModelForm):
    def has_changed(self):
        """A prepared form counts once something is written in it, not for being prepared."""
        prepared = set() if self.instance.pk else {"attribute"}
        return bool(set(self.changed_data) - prepared)


class AttributeFormSet(BaseInlineFormSet):
    """The texts of a card: those written, then a prepared form for each that is missing."""

    def __init__(self, *args, instance=None, **kwargs):
        written = instance.attributes.values_list("attribute", flat=True) if instance.pk else []
        missing = [value for value in Attribute.values if value not in written]
        prepared = [{"attribute": value} for value in missing]
        super().__init__(*args, instance=instance, initial=prepared, **kwargs)


class AttributeInline(MonthsWritten, admin.StackedInline):
    model = IndicatorAttribute
    form = AttributeForm
    formset = AttributeFormSet
    fields = ["attribute", "text", ("origin", "source", "source_date")]
    max_num = len(Attribute)

    def get_extra(self, request, obj=None, **kwargs):
        return len(Attribute) - (obj.attributes.count() if obj else 0)

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("card")


@admin.register(IndicatorCard)
class IndicatorCardAdmin(PlainAdmin):
    list_display = ["name", "measure", "texts"]
    list_filter = ["measure"]
    search_fields = ["name", "attributes__text"]
    fields = ["name", "measure"]
    inlines = [AttributeInline]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(written=Count("attributes", distinct=True))

    @admin.display(ordering="written")
    def texts(self, card):
        return f"{card.written} of {len(Attribute)}"
