"""Columns that may be what another was taken for: somebody is asked before the dry run."""

from collections.abc import Callable, Iterator

from metrics.imports.fitting import cells_of, list_fitting
from metrics.imports.headings import EACH_MONTH, EACH_MONTH_OF_YEAR, EACH_YEAR
from metrics.imports.mapping import MONTH_COLUMNS, Lines
from metrics.imports.months import read_month, read_month_of_year, read_year, tell_order
from metrics.imports.opening import Preview
from metrics.imports.words import WORDS

Time = tuple[int | None, int | None]  # a year and the number of a month, as far as they are said


def find_rivals(preview: Preview, lines: Lines) -> Iterator[str]:
    """A sentence for each column that fits what another was guessed to be. Columns of times are
    asked about only where they contradict what was chosen: who names a month twice means it."""
    used = set(lines.values())
    chosen = {own: lines[own] for own in MONTH_COLUMNS if lines.get(own, '"')[0] != '"'}
    times = _read_times(preview, chosen)
    for ours, keys in list_fitting(preview).items():
        for key in (own for own in keys if own not in used):
            if ours in MONTH_COLUMNS:
                if _contradicts(_read_column(preview, ours, key), times):
                    yield _say(key, "month", " and ".join(chosen.values()))
            elif ours in lines and not _is_sum(key, lines[ours]):
                yield _say(key, ours, lines[ours])


def _is_sum(key: str, chosen: str) -> bool:
    """Whether a column stands beside those of single months or years, and is of none of them."""
    kinds = (EACH_MONTH, EACH_MONTH_OF_YEAR, EACH_YEAR)
    return chosen.partition(":")[0] in kinds and key.partition(":")[0] not in kinds


def _say(key: str, ours: str, chosen: str) -> str:
    name = WORDS[ours]
    may_be = f"{name[0].lower()}{name[1:]}"
    return f'"{key}" may be {may_be} as well as "{chosen}". Look which of them it is.'


def _read_times(preview: Preview, chosen: Lines) -> list[Time]:
    """Of each row the time that the chosen columns say."""
    times: list[Time] = [(None, None)] * len(preview.sample)
    for ours, key in chosen.items():
        said = _read_column(preview, ours, key)
        times = [
            (year or own_year, month or own_month)
            for (year, month), (own_year, own_month) in zip(times, said, strict=True)
        ]
    return times


def _read_column(preview: Preview, ours: str, key: str) -> list[Time]:
    """Of each row what a column says of its time."""
    cells = cells_of(preview, key)[: len(preview.sample)]
    order = tell_order(cells)

    def read(cell: str) -> Time:
        if ours == "month":
            month = read_month(cell, order)
            return month.year, month.month
        return (read_year(cell), None) if ours == "year" else (None, read_month_of_year(cell))

    return [_or_nothing(read, cell) for cell in cells]


def _or_nothing(read: Callable[[str], Time], cell: str) -> Time:
    try:
        return read(cell)
    except ValueError:
        return None, None


def _contradicts(rival: list[Time], chosen: list[Time]) -> bool:
    return any(
        theirs is not None and ours is not None and theirs != ours
        for pair in zip(rival, chosen, strict=True)
        for theirs, ours in zip(*pair, strict=True)
    )
