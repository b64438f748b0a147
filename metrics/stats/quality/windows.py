"""Sums over so many months in a row, and windows that do not overlap."""

from collections.abc import Iterator

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from metrics.stats.quality.chances import Mask
from metrics.stats.rates import Floats


def counted_together(*counts: Floats) -> tuple[Floats, ...]:
    """Return these counts with 0 wherever one of them is missing, and where all were counted.

    counts : arrays of one shape. The last array returned is 1 where all were counted.
    """
    known = np.logical_and.reduce([~np.isnan(own) for own in counts])
    return (*(np.where(known, own, 0.0) for own in counts), known.astype(float))


def window_sums(counts: Floats, length: int) -> Floats:
    """Return the sums over each `length` months in a row: sites by first months.

    counts : sites by months, without nan. Fewer months than `length` have no window.
    """
    sites, months = counts.shape
    if months < length:
        return np.zeros((sites, 0))
    sums = np.concatenate([np.zeros((sites, 1)), counts.cumsum(axis=1)], axis=1)
    return sums[:, length:] - sums[:, :-length]


def well_counted(known: Floats, length: int, least: int) -> Mask:
    """Say of each window whether at least so many of its months were counted, its first among
    them: then a window stays the same whatever lies before it.

    known : sites by months, 1 where counted, else 0
    """
    counted = window_sums(known, length)
    return (counted >= least) & (known[:, : counted.shape[1]] > 0)


def windows_apart(mask: Mask, length: int) -> Iterator[tuple[int, int]]:
    """Yield (site, start) of the windows in a mask, from the earliest on, none into another.

    So what was found stays as it is when later months come in.
    """
    for site in np.flatnonzero(mask.any(axis=1)):
        free = 0
        for start in np.flatnonzero(mask[site]).tolist():
            if start >= free:
                yield int(site), start
                free = start + length


def moved(counts: Floats, by: int) -> Floats:
    """Return the counts of `by` months later in each column (earlier below 0), nan beyond."""
    other = np.full(counts.shape, np.nan)
    months = counts.shape[1]
    if abs(by) < months:
        if by >= 0:
            other[:, : months - by] = counts[:, by:]
        else:
            other[:, -by:] = counts[:, :by]
    return other


def runs_of(mask: Mask) -> Iterator[tuple[int, int, int]]:
    """Yield (site, first, last) of each run of months in a row that a mask holds."""
    padded = np.zeros((mask.shape[0], mask.shape[1] + 2), dtype=bool)
    padded[:, 1:-1] = mask
    if not padded.any():
        return
    pairs = sliding_window_view(padded, 2, axis=1)
    starts = np.argwhere(~pairs[:, :, 0] & pairs[:, :, 1])
    ends = np.argwhere(pairs[:, :, 0] & ~pairs[:, :, 1])
    for (site, first), (_, after) in zip(starts.tolist(), ends.tolist(), strict=True):
        yield site, first, after - 1
