"""A contract in plain words and numbers, and back."""

from decimal import Decimal
from typing import Any

from django.utils import timezone

from programs.models import Program, Target
from programs.periods import Period, format_month, parse_month


def write_contract(target: Target) -> dict[str, Any]:
    """Write down a contract. Decimals are texts, as exact as they were typed."""
    return {
        "measure": str(target.measure),
        "per": target.per,
        "reduction_percent": _write_decimal(target.reduction_percent),
        "level": _write_decimal(target.level),
        "baseline": target.baseline_period.code,
        "evaluation": target.evaluation_period.code,
        "sites_rule": str(target.sites_rule),
        "min_completeness": target.min_completeness,
        "confidence": _write_decimal(target.confidence),
        "due_month": format_month(target.due_month),
        "version": target.version,
        "reason": target.reason,
        "locked_on": _write_day(target.locked_at),
    }


def read_contract(contract: dict[str, Any], program: Program | None = None) -> Target:
    """Return the contract as a target that is not stored; its program may be left open."""
    baseline, evaluation = (Period.parse(contract[name]) for name in ("baseline", "evaluation"))
    return Target(
        program=program,
        measure=contract["measure"],
        per=contract["per"],
        reduction_percent=_read_decimal(contract["reduction_percent"]),
        level=_read_decimal(contract["level"]),
        baseline_first=baseline.first,
        baseline_last=baseline.last,
        evaluation_first=evaluation.first,
        evaluation_last=evaluation.last,
        sites_rule=contract["sites_rule"],
        min_completeness=contract["min_completeness"],
        confidence=Decimal(contract["confidence"]),
        due_month=parse_month(contract["due_month"]),
        version=contract["version"],
        reason=contract["reason"],
    )


def write_period(period: Period | None) -> str | None:
    return period.code if period else None


def read_period(code: str | None) -> Period | None:
    return Period.parse(code) if code else None


def _write_decimal(number):
    return None if number is None else f"{number.normalize():f}"


def _read_decimal(text):
    return None if text is None else Decimal(text)


def _write_day(moment):
    return timezone.localdate(moment).isoformat() if moment else None
