"""The inputs of an outside check, read strictly: what is not the number it should be is named."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

from metrics.stats.rates import DEFAULT_CONFIDENCE, DEFAULT_PER, PRIOR_RATE, PRIOR_SHAPE

MOST = 10**12  # no count of births or deaths comes near it, and floats still hold it exactly

Result = dict[str, float | int | str | None]
T = TypeVar("T")


class Inputs:
    """Named inputs of one case. Each method raises ValueError with a sentence that says why."""

    def __init__(self, given: object) -> None:
        if not isinstance(given, Mapping):
            raise ValueError('inputs: give an object of names and values, such as {"deaths": 3}.')
        self._given = given

    def __contains__(self, name: str) -> bool:
        return self._given.get(name) is not None

    def count(self, name: str, default: int | None = None) -> int:
        """Return a whole number from 0 up; 70.0 counts as 70."""
        return _as_count(name, self._value(name, default))

    def counts(self, name: str) -> list[int]:
        return self._list(name, _as_count)

    def number(self, name: str, default: float | None = None) -> float:
        return _as_number(name, self._value(name, default))

    def share(self, name: str, default: float | None = None) -> Fraction:
        """Return a share from 0 to 1 as the fraction that is written: 0.3 is 3/10."""
        value = self._value(name, default)
        if not 0 <= _as_number(name, value) <= 1:
            raise ValueError(f"{name}: {value} is not from 0 to 1. Write 0.3 for 30 %.")
        return Fraction(str(value))

    def prior(self) -> dict[str, float]:
        return {
            "prior_shape": self.number("prior_shape", PRIOR_SHAPE),
            "prior_rate": self.number("prior_rate", PRIOR_RATE),
        }

    def flags(self, name: str) -> list[bool]:
        return self._list(name, _as_flag)

    def confidence(self) -> float:
        return self.number("conf", DEFAULT_CONFIDENCE)

    def per(self, default: int = DEFAULT_PER) -> int:
        per = self.count("per", default)
        if per == 0:
            raise ValueError("per: 0 births have no rate. Give 1 or more, usually 1000.")
        return per

    def _value(self, name: str, default: object) -> object:
        value = self._given.get(name)
        if value is None and default is None:
            raise ValueError(f"{name}: is missing. Give it a value.")
        return default if value is None else value

    def _list(self, name: str, read: Callable[[str, object], T]) -> list[T]:
        values = self._value(name, None)
        if not isinstance(values, list):
            raise ValueError(f"{name}: {_quote(values)} is not a list. Give a list of values.")
        return [read(f"{name}[{place}]", value) for place, value in enumerate(values)]


def found(value: T | None, why_none: str) -> T:
    """Return the value, or raise ValueError with the sentence that says why there is none."""
    if value is None:
        raise ValueError(why_none)
    return value


def _as_number(name: str, value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= MOST:
        return float(value)
    raise ValueError(f"{name}: {_quote(value)} is not a number. Write one without quotes.")


def _as_count(name: str, value: object) -> int:
    number = _as_number(name, value)
    if number >= 0 and number == int(number):
        return int(number)
    raise ValueError(f"{name}: {_quote(value)} is not a count. Give a whole number from 0 up.")


def _as_flag(name: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"{name}: {_quote(value)} is neither true nor false. Give one of them.")
    return value


def _quote(value: object) -> str:
    """Return a value as a reader wrote it, cut where it is long."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    return text if len(text) <= 60 else f"{text[:60]}…"
