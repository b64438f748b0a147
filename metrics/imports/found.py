"""What a dry run found, in a form that can be kept and shown: numbers and first sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice

from metrics.gate import Fault
from metrics.imports.breakdowns.explaining import PartsExplainer
from metrics.imports.breakdowns.judging import PartsRun
from metrics.imports.breakdowns.noticing import notice_parts
from metrics.imports.checks import DryRun, Outcome
from metrics.imports.explaining import Explainer, RowFault, list_faults, list_questions
from metrics.imports.holding import ChangedReport, Held, tell_changes, tell_held
from metrics.imports.notices import FileNotice, NoticeKind, notice_all
from metrics.imports.places import MOST_UNKNOWN, UNKNOWN
from metrics.imports.read_as import tell_reading

KEPT_FAULTS = 100


@dataclass(frozen=True)
class UnknownSite:
    """A name in the file that is none of the program's sites, and the sites most like it."""

    name: str
    nearest: list[tuple[str, str]]  # code and name
    likeliest: tuple[str, str] | None = None  # where one is clearly nearest


@dataclass(frozen=True)
class UnknownPart:
    """A word in a file of breakdowns that is no dimension, or no category of its own, and those
    that are.

    kind : dimension or category; of, of_code : the name and the code of the category's dimension
    """

    kind: str
    word: str
    of: str
    known: list[tuple[str, str]]  # code and name
    of_code: str = ""


@dataclass(frozen=True)
class Found:
    """A dry run told. Nothing has been written by it.

    faults, warnings : the first of them; numbers say how many entries there are of each outcome
    read_as : what stands in the file, and what it was taken for
    reports : of a file of breakdowns, whose rows are parts of them, how many would be changed
    held : what would stand of each count; changed : the first reports that would change
    """

    rows: int
    numbers: Mapping[str, int]
    questioned: int
    faults: list[RowFault]
    warnings: list[RowFault]
    notices: list[FileNotice]
    unknown_sites: list[UnknownSite]
    unused_columns: list[str]
    read_as: list[tuple[str, str]]
    reports: int | None = None
    unknown_parts: list[UnknownPart] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    changed: list[ChangedReport] = field(default_factory=list)

    def number(self, outcome: Outcome) -> int:
        return self.numbers[outcome.name]

    @property
    def holds_counts(self) -> bool:
        """Whether any count would stand, so that there are sums to compare."""
        return any(own.total is not None for own in self.held)

    @property
    def left_out(self) -> int:
        """How many would not come in although they say something."""
        return self.number(Outcome.REFUSED) + self.number(Outcome.CONFLICT)

    @property
    def may_be_applied(self) -> bool:
        return not self.left_out

    @property
    def written(self) -> int:
        """How many would be stored."""
        return self.number(Outcome.NEW) + self.number(Outcome.CHANGED)

    @property
    def changes(self) -> int:
        return self.number(Outcome.CHANGED)

    @property
    def outcomes(self) -> list[tuple[Outcome, int]]:
        """Every outcome that occurs, with its number."""
        return [(own, self.number(own)) for own in Outcome if self.number(own)]

    def to_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping) -> "Found":
        own = {name: kept[name] for name in cls.__dataclass_fields__ if name in kept}
        return cls(
            **{
                **own,
                "faults": [_read_fault(own) for own in kept["faults"]],
                "warnings": [_read_fault(own) for own in kept["warnings"]],
                "notices": [
                    FileNotice(**own | {"kind": NoticeKind(own["kind"])}) for own in kept["notices"]
                ],
                "read_as": [tuple(pair) for pair in kept["read_as"]],
                "unknown_sites": [_read_unknown(own) for own in kept["unknown_sites"]],
                "unknown_parts": [
                    UnknownPart(**own | {"known": [tuple(near) for near in own["known"]]})
                    for own in kept.get("unknown_parts", ())
                ],
                "held": [Held(**own) for own in kept.get("held", ())],
                "changed": [ChangedReport.from_json(own) for own in kept.get("changed", ())],
            }
        )


def tell_found(run: DryRun) -> Found:
    """Tell a dry run. Its file must still be open."""
    told = PartsExplainer(run) if isinstance(run, PartsRun) else Explainer(run)
    return Found(
        rows=run.table.rows,
        numbers={own.name: run.number(own) for own in Outcome},
        questioned=int(run.questioned.sum()),
        faults=list(islice(list_faults(told), KEPT_FAULTS)) if run.left_out else [],
        warnings=list(islice(list_questions(told), KEPT_FAULTS)) if run.questioned.any() else [],
        notices=notice_parts(run) if isinstance(run, PartsRun) else notice_all(run),
        unknown_sites=_tell_unknown(run),
        unused_columns=run.unused_columns,
        read_as=list(tell_reading(run)),
        reports=run.reports if isinstance(run, PartsRun) else None,
        unknown_parts=list(_tell_words(run)),
        held=list(tell_held(run)),
        changed=list(tell_changes(told)),
    )


def _tell_unknown(run: DryRun) -> list[UnknownSite]:
    finder = run.file.finder
    names = [text for text, place in finder.items() if place == UNKNOWN and text.strip()]
    return [
        UnknownSite(
            name.strip(),
            [(site.code, site.name) for site in finder.nearest(name)],
            (site.code, site.name) if (site := finder.likeliest(name)) else None,
        )
        for name in names[:MOST_UNKNOWN]
    ]


def _tell_words(run: DryRun) -> Iterator[UnknownPart]:
    if isinstance(run, PartsRun):
        for own in run.finder.unknown_words()[:MOST_UNKNOWN]:
            known = [(near.code, near.name) for near in run.finder.known_for(own)]
            if of := own.dimension:
                yield UnknownPart("category", own.word, of.name, known, of.code)
            else:
                yield UnknownPart("dimension", own.word, "", known)


def _read_unknown(kept: Mapping) -> UnknownSite:
    likeliest = kept.get("likeliest")
    nearest = [tuple(near) for near in kept["nearest"]]
    return UnknownSite(kept["name"], nearest, tuple(likeliest) if likeliest else None)


def _read_fault(kept: Mapping) -> RowFault:
    return RowFault(kept["row"], Fault(**kept["fault"]))
