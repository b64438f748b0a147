"""How numbers are written. Rounding happens here and nowhere before."""

import re
from decimal import ROUND_HALF_UP, Decimal
from math import floor

from django.contrib.humanize.templatetags.humanize import intcomma
from django.template import Library
from django.utils.formats import number_format
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

from programs.periods import format_month

register = Library()

MOST_PERCENT = 10_000  # beyond it the digits say nothing: one death before, dozens since

_PERCENTAGE = re.compile(r"[\d.,]+ %( (lower|higher|sure|confident))?")


@register.filter
def month(value) -> str:
    """Write a month as 2024-01; nothing for None."""
    return format_month(value) if value else ""


@register.filter
def count(value) -> str:
    """Write a whole number with separators: 348,023. Not counted is a dash, never 0."""
    return "–" if value is None else intcomma(value)


@register.filter
def decimals(value, places: int) -> str:
    """Write a number with so many decimals, rounded half up."""
    exact = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    return number_format(exact, places, force_grouping=True)  # which by itself cuts off


@register.filter
def ratio(value: float) -> str:
    """Write a rate ratio with two decimals: 0.69; ∞ where there is no limit."""
    return "∞" if value == float("inf") else decimals(value, 2)


@register.filter
def exactly(value: Decimal) -> str:
    """Write a published number as it was published, without zeros that nobody wrote: 5.4."""
    return f"{value.normalize():,f}"


@register.filter
def change(percent: float) -> str:
    """Write a percent change in words: -30.0 is “30 % lower”."""
    if percent == float("inf"):
        return "without limit"
    if percent > MOST_PERCENT:
        return f"over {intcomma(MOST_PERCENT)} % higher"
    return "unchanged" if size(percent) == "0 %" else _with_direction(size(percent), percent)


@register.filter
def change_beside(percent: float, promised: Decimal | None) -> str:
    """Write a percent change that stands beside a promised reduction.

    29.6 % lower is not the 30 % that were promised, so it must not read so.
    """
    for places in (0, 1, 2) if promised else ():
        written = decimals(abs(percent), places)
        if percent < 0 and Decimal(written) == promised and -percent < promised:
            continue
        return _with_direction(f"{written} %", percent) if places else change(percent)
    return change(percent)


def _with_direction(size, percent):
    return f"{size} {'lower' if percent < 0 else 'higher'}"


@register.filter
def signed(percent: float) -> str:
    """Write a percent change with its sign: −30 %."""
    if percent == float("inf"):
        return "∞"
    if percent > MOST_PERCENT:
        return f"over +{intcomma(MOST_PERCENT)} %"
    sign = "−" if percent < 0 else "+"
    whole = decimals(abs(percent), 0)
    return "0 %" if whole == "0" else f"{sign}{whole} %"


@register.filter
def share(value: float | None) -> str:
    """Write a share from 0 to 1 as a whole percentage, rounded down: 79.6 % is not yet 80 %."""
    if value is None:
        return "none expected"
    percent = floor(100 * value + 1e-9)  # 0.29 is stored a hair below 29 %
    return "less than 1 %" if value and not percent else f"{percent} %"


@register.filter
def chances(probability: float) -> str:
    """Write a probability as chances in 100, without claiming certainty."""
    in_100 = round(100 * probability)
    if in_100 < 1:
        return "fewer than 1"
    return "more than 99" if in_100 > 99 else f"about {in_100}"


@register.filter
def size(percent: float) -> str:
    """Write how large a change is, whichever way: 52 %."""
    return f"{decimals(abs(percent), 0)} %"


@register.filter(needs_autoescape=True)
def keep_together(text: str, autoescape: bool = True) -> SafeString:
    """Keep “30 % lower” on one line."""
    safe = conditional_escape(text) if autoescape else text
    return mark_safe(_PERCENTAGE.sub(r'<span class="nowrap">\g<0></span>', safe))  # noqa: S308


@register.filter
def magnitude(number: float) -> str:
    """Write how large a number is, whichever side of zero it lies on: 12."""
    return decimals(abs(number), 0)


@register.filter
def fewer(deaths: float) -> str:
    """Write averted deaths in words, never as a negative number: “12 more”."""
    return f"{magnitude(deaths)} {'fewer' if deaths >= 0 else 'more'}"


@register.filter
def signed_number(number: float) -> str:
    """Write a difference with its sign: +3.2, −1.0."""
    sign = "−" if number < 0 else "+"
    return f"{sign}{decimals(abs(number), 1)}"


@register.filter
def ratio_change(ratio: float) -> str:
    """Write a rate ratio as a percent change in words."""
    return change(100 * (ratio - 1))


@register.filter
def years_ahead(years: float) -> str:
    """Write a time to come: “in 2.5 years”, or never."""
    if years == float("inf"):
        return "never at this pace"
    return "by now" if years == 0 else f"in {decimals(years, 1)} years"
