"""A file to bring in, and which of its columns is which of ours."""

from collections.abc import Callable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass
from typing import cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from metrics.forms.asking import make_helper
from metrics.imports import FileRefusedError, MissingColumnsError, find_columns
from metrics.imports.headings import Heading, simplify
from metrics.imports.mapping import ABOVE, LEFT_OUT, OURS, Lines
from metrics.imports.months import read_month, read_year
from metrics.imports.opening import Preview
from metrics.imports.words import COUNT_WORDS, PART_WORDS, PLACE_WORDS
from metrics.models import Dimension

SHOWN_CELLS = 3  # examples of what a column holds
EMPTY = ""
_CONSTANTS = {
    "all_site": "site_code",
    "all_dimension": "dimension",
    "all_month": "month",
    "all_year": "year",
    "all_month_of_year": "month_of_year",
}
_OPTIONS = (
    "sheet",
    "header",
    "year_begins",
    "above",
    "marked",
    "points",
    "empty",
    "ages",
    "days",
    "last_month",
)
_WORDS = ("site ", "dimension ", "category ", "counted ", "running ")
_WORDS_MEAN = {
    "site": "Site",
    "counted": "Count",
    "dimension": "Breakdown",
    "category": "Category",
    "running": "Running totals of",
}
_ABOVE_CHOICES = [
    (EMPTY, "Refuse its row"),
    *((kind, f"The {kind} is that above") for kind in ABOVE),
    ("site, year", "Site and year are those above"),
]
_HEADER_CHOICES = [(EMPTY, "Find them"), *((str(row), f"Row {row}") for row in range(1, 11))]
_HEADER_CHOICES += [(f"{row}-{row + 1}", f"Rows {row} and {row + 1}") for row in range(1, 6)]


class ImportForm(forms.Form):
    """A file of monthly reports, or of their breakdowns."""

    file = forms.FileField(
        label="CSV file or XLSX workbook",
        allow_empty_file=True,  # the importer says what such a file needs
        widget=forms.FileInput(
            {
                "accept": ".csv,.tsv,.txt,.xlsx,text/csv,"
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            }
        ),
    )

    helper = make_helper("file")

    def clean_file(self):
        """Refuse what is too large before anything of it is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            raise ValidationError(
                f"The file has {file.size:,} bytes; at most {settings.IMPORT_MAX_BYTES:,} are "
                "taken at once. Split it by year."
            )
        return file


@dataclass(frozen=True)
class MappedColumn:
    """One column of the file on the page, or several that differ by their month alone."""

    key: str
    texts: list[str]
    examples: list[str]
    ours: forms.BoundField
    month: forms.BoundField


class ColumnsForm(forms.Form):
    """Which of the file's columns is which of ours; what holds for every row; how to read it."""

    sheet = forms.ChoiceField(required=False)
    header = forms.ChoiceField(label="Headings", required=False, choices=_HEADER_CHOICES)
    all_site = forms.ChoiceField(label="Every row is of the site", required=False)
    all_dimension = forms.ChoiceField(
        label="Every row is broken down by",
        required=False,
        help_text="For files of breakdowns in which no column says what the categories are of.",
    )
    all_month = forms.CharField(
        label="Every row is of the month", required=False, max_length=40,
        help_text="Only where no column says it, such as 2024-01.",
    )  # fmt: skip
    all_year = forms.CharField(
        label="Every row is of the year", required=False, max_length=4,
        help_text="Where months are named without their year, as Jan to Dec.",
    )  # fmt: skip
    all_month_of_year = forms.ChoiceField(
        label="A year’s counts stand in",
        required=False,
        choices=[(EMPTY, "Not needed"), *((str(n), f"Month {n}") for n in range(1, 13))],
        help_text="For files with one row a year: the month under which the whole year is kept. "
        "Completeness counts it as one report of twelve.",
    )
    year_begins = forms.ChoiceField(
        label="A year such as 2021-22 begins in",
        required=False,
        choices=[(EMPTY, "Not needed"), *((str(n), f"Month {n}") for n in range(2, 13))],
    )
    above = forms.ChoiceField(
        label="Where the site, year or month is empty",
        required=False,
        choices=_ABOVE_CHOICES,
        help_text="As where cells were merged, and the first stands for those below it.",
    )
    marked = forms.ChoiceField(
        label="A number with a mark, such as 16*",
        required=False,
        choices=[(EMPTY, "Refuse it"), ("take", "Take the number"), ("empty", "Not counted")],
    )
    points = forms.ChoiceField(
        label="A point before three digits, as in 12.000",
        required=False,
        choices=[
            (EMPTY, "Refuse it"),
            ("thousands", "Parts thousands"),
            ("decimals", "Comes before decimals"),
        ],
    )
    empty = forms.ChoiceField(
        label="An empty cell where a number is stored",
        required=False,
        choices=[(EMPTY, "Takes it away"), ("keep", "Leaves it")],
    )
    ages = forms.ChoiceField(
        label="Deaths by age without a total",
        required=False,
        choices=[(EMPTY, "Refuse them"), ("add", "Add them up")],
    )
    days = forms.ChoiceField(
        label="A date such as 02/01/2024",
        required=False,
        choices=[
            (EMPTY, "As all dates tell"),
            ("day first", "Begins with the day"),
            ("month first", "Begins with the month"),
        ],
    )
    last_month = forms.CharField(
        label="Last month to take", required=False, max_length=20,
        help_text="Later ones are left out. Empty: all.",
    )  # fmt: skip

    def __init__(self, sent, *, preview: Preview, program, lines: Lines):
        self.preview, self.program, self.kept = preview, program, dict(lines)
        super().__init__(sent, initial=self._initial())
        above = self.kept.get("above", LEFT_OUT)
        if above not in {LEFT_OUT, *dict(_ABOVE_CHOICES)}:
            several = (above, f"Those above: {above}")
            self._choices("above").choices = [*_ABOVE_CHOICES, several]
        sheets = [(s.name, s.name) for s in preview.source.sheets if s.name]
        self._choices("sheet").choices = [(EMPTY, "The first that is shown"), *sheets]
        sites = program.sites.order_by("name", "code").values_list("code", "name")
        self._choices("all_site").choices = [(EMPTY, "A column says it"), *sites]
        dimensions = Dimension.objects.order_by("name").values_list("code", "name")
        self._choices("all_dimension").choices = [(EMPTY, "Not needed"), *dimensions]
        self.words = [own for own in self.kept if own.startswith(_WORDS)]
        for number, own in enumerate(self.words):
            theirs = self.kept[own]
            kind, _, name = own.partition(" ")
            self.fields[f"forget_{number}"] = forms.BooleanField(
                label=f"{_WORDS_MEAN[kind]} {name}: {'left out' if theirs == LEFT_OUT else theirs}",
                required=False,
            )
        self.keys = list(dict.fromkeys(heading.key for heading in preview.headings))
        ours = {
            theirs: name for name, theirs in self.kept.items() if name.partition("@")[0] in OURS
        }
        for number, key in enumerate(self.keys):
            name, _, month = ours.get(key, "").partition("@")
            self.fields[f"ours_{number}"] = forms.ChoiceField(
                label=key,
                required=False,
                choices=_column_choices(),
                initial=name,
                widget=forms.Select({"class": "form-select"}),
            )
            self.fields[f"month_{number}"] = forms.CharField(
                label=f"Month of {key}",
                required=False,
                max_length=20,
                initial=month,
                widget=forms.TextInput(
                    {"class": "form-control", "placeholder": "only if needed: 2024-01"}
                ),
            )

    def _choices(self, name) -> forms.ChoiceField:
        return cast(forms.ChoiceField, self.fields[name])

    def _initial(self) -> dict[str, str]:
        plain = {name: own.strip('"') for name, own in self.kept.items()}
        constants = {
            own: plain[ours] for own, ours in _CONSTANTS.items() if _is_constant(self.kept, ours)
        }
        return constants | {name: plain.get(name, "") for name in _OPTIONS}

    @property
    def said_before(self) -> list[forms.BoundField]:
        """What words of the file were said to stand for, each to be forgotten."""
        return [self[f"forget_{number}"] for number in range(len(self.words))]

    @property
    def columns(self) -> list[MappedColumn]:
        """Every column with what it holds, in the order of the file."""
        by_key: dict[str, list[Heading]] = {key: [] for key in self.keys}
        for heading in self.preview.headings:
            by_key[heading.key].append(heading)
        return [
            MappedColumn(
                key,
                [heading.text for heading in own],
                self._examples(own),
                self[f"ours_{number}"],
                self[f"month_{number}"],
            )
            for number, (key, own) in enumerate(by_key.items())
        ]

    def _examples(self, headings: list[Heading]) -> list[str]:
        places = [heading.place for heading in headings]
        cells = (row[at].strip() for row in self.preview.sample for at in places if at < len(row))
        return list(dict.fromkeys(cell for cell in cells if cell))[:SHOWN_CELLS]

    def clean_all_month(self):
        return self._clean_time("all_month", read_month)

    def clean_all_year(self):
        return self._clean_time("all_year", read_year)

    def _clean_time(self, name: str, read: Callable[[str], object]) -> str:
        """Refuse here what would be refused of every row."""
        text = self.cleaned_data[name]
        try:
            return str(text) if text and read(text) else EMPTY
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean(self):
        super().clean()
        if self.errors:
            return
        twice = self._said_twice()
        if twice:
            self.add_error(None, f"Several columns are said to be {twice}. Choose one of them.")
            return
        try:
            find_columns(self.preview.source, self.lines)
        except MissingColumnsError as refusal:
            self._add_missing(refusal)
        except FileRefusedError as refusal:
            self.add_error(None, str(refusal))

    def _add_missing(self, refusal: MissingColumnsError):
        """Say above what is missing, and beside what would say it of every row."""
        for own, told in zip(refusal.missing, refusal.told, strict=True):
            self.add_error(None, told)
            if (field := f"all_{own}") in self.fields:
                self.add_error(field, "No column says it. Choose one above, or say it here.")

    def _said_twice(self) -> str:
        said = [ours for ours in self._columns() if ours]
        return next((ours for ours in said if said.count(ours) > 1), "")

    def _columns(self) -> list[str]:
        """Of each column what it is of ours, with the month that it is said to be of."""
        given, numbers = self.cleaned_data, range(len(self.keys))
        names = [given.get(f"ours_{number}", EMPTY) for number in numbers]
        months = [given.get(f"month_{number}", "").strip() for number in numbers]
        return [
            f"{ours}@{month}" if ours and month else ours
            for ours, month in zip(names, months, strict=True)
        ]

    @property
    def lines(self) -> dict[str, str]:
        """The mapping as it is kept, with what was said of words before and is not forgotten; what
        is wrong is left out."""
        forgotten = {
            own for n, own in enumerate(self.words) if self.cleaned_data.get(f"forget_{n}")
        }
        lines = {own: self.kept[own] for own in self.words if own not in forgotten}
        lines |= {ours: LEFT_OUT for ours in OURS if simplify(ours) in map(simplify, self.keys)}
        lines |= {ours: key for key, ours in zip(self.keys, self._columns(), strict=True) if ours}
        given: MappingType[str, str] = self.cleaned_data
        lines |= {ours: f'"{given[own]}"' for own, ours in _CONSTANTS.items() if given.get(own)}
        return lines | {name: given[name] for name in _OPTIONS if given.get(name)}


def _is_constant(lines: Lines, ours: str) -> bool:
    return lines.get(ours, "").startswith('"')


def _column_choices():
    return [
        (EMPTY, "Not used"),
        ("Where and when", list(PLACE_WORDS.items())),
        ("Counts", list(COUNT_WORDS.items())),
        ("Parts of reports", list(PART_WORDS.items())),
    ]
