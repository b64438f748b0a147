"""Exact tails of the Poisson and the binomial distribution, over arrays."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import betainc, betaincc, gammainc, gammaincc, ive

from metrics.stats.rates import Floats

Mask = NDArray[np.bool_]


def as_many(count: ArrayLike, mean: ArrayLike) -> Floats:
    """Return the chance of a Poisson count of `count` or more, given its mean.

    Arrays that broadcast, 0 or more; counts need not be whole. Source: R's ppois, upper tail.
    """
    count = np.asarray(count, dtype=float)
    return np.where(count > 0, gammainc(np.maximum(count, 1e-9), mean), 1.0)


def as_few(count: ArrayLike, mean: ArrayLike) -> Floats:
    """Return the chance of a Poisson count of `count` or fewer. Source: R's ppois."""
    return gammaincc(np.asarray(count, dtype=float) + 1, mean)


def share_as_many(count: ArrayLike, total: ArrayLike, share: ArrayLike) -> Floats:
    """Return the chance of `count` or more of `total`, each with the chance `share`.

    count <= total, share within 0 and 1. Source: R's binom.test, alternative "greater".
    """
    count, total = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    chance = betainc(np.maximum(count, 1e-9), total - count + 1, share)
    return np.where(count > 0, chance, 1.0)


def share_as_few(count: ArrayLike, total: ArrayLike, share: ArrayLike) -> Floats:
    """Return the chance of `count` or fewer of `total`. Source: R's binom.test, "less"."""
    count, total = np.asarray(count, dtype=float), np.asarray(total, dtype=float)
    chance = betaincc(count + 1, np.maximum(total - count, 1e-9), share)
    return np.where(count < total, chance, 1.0)


def same_by_chance(mean: ArrayLike) -> Floats:
    """Return the chance that two Poisson counts of one mean are the same: exp(-2m) I0(2m).

    Source: Skellam (1946), J. R. Stat. Soc. 109:296, for a difference of 0.
    """
    return ive(0, 2 * np.asarray(mean, dtype=float))


def where_likely(candidates: Mask, chance: Callable[..., Floats], *arguments: ArrayLike) -> Floats:
    """Return a chance for the candidates, and 1 for all others, whose chance nobody asks.

    candidates : an array of whichever shape; arguments broadcast to it
    """
    chances = np.ones(candidates.shape)
    own = [np.broadcast_to(np.asarray(each), candidates.shape)[candidates] for each in arguments]
    chances[candidates] = chance(*own)
    return chances
