"""What a finding says to people: the values, and what to do."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from metrics.stats.quality import Found, Kind
from programs.periods import format_month

LABELS: Mapping[Kind, str] = {
    Kind.BIRTHS_ODD: "Births far from the usual",
    Kind.DEATHS_ODD: "Infant deaths far from the usual",
    Kind.STILLBIRTHS_ODD: "Stillbirths far from the usual",
    Kind.COPIED_MONTH: "A month like another",
    Kind.SAME_BIRTHS: "The same births month after month",
    Kind.REPEATED_YEAR: "Births like a year before",
    Kind.DEATHS_OVER_BIRTHS_YEAR: "More deaths than births for a year",
    Kind.DEATHS_OVER_BIRTHS: "More deaths than births in a month",
    Kind.MATERNAL_OVER_BIRTHS: "More maternal deaths than births",
    Kind.ATTENDED_OVER_BIRTHS: "More attended births than births",
    Kind.FOURTH_OVER_FIRST: "More fourth than first antenatal visits",
    Kind.POSTNATAL_OVER_BIRTHS: "More postnatal visits than births",
    Kind.RATE_TOO_HIGH: "A rate too high to be",
    Kind.NO_DEATHS: "No infant death where many are expected",
    Kind.STILLBIRTH_RATE_TOO_HIGH: "A stillbirth rate too high to be",
    Kind.NO_STILLBIRTHS: "No stillbirth where many are expected",
    Kind.NO_BIRTHS: "A year without a birth",
    Kind.BIRTHS_JUMPED: "Births jumped to another level",
    Kind.STILLBIRTHS_FEW: "Few stillbirths beside early deaths",
    Kind.STILLBIRTHS_MANY: "Many stillbirths beside early deaths",
    Kind.STILLBIRTHS_FOR_DEATHS: "Stillbirths rose as early deaths fell",
    Kind.HEAPED_DIGITS: "Births that end in 0 or 5",
}


def say(found: Found, months: Sequence[date], panel_months: Sequence[date]) -> str:
    """Return the sentence of a finding.

    months : those that it is about; panel_months : what each column of its panel is
    """
    return _SENTENCES[found.kind](found.values, months, panel_months)


def _span(months):
    return f"{format_month(months[0])} to {format_month(months[-1])}"


def _count(number) -> str:
    return f"{int(number):,}"


def _one_decimal(number) -> str:
    return f"{Decimal(str(number)).quantize(Decimal('0.1'), ROUND_HALF_UP):,}"


def _chance(values) -> str:
    """A rarity as a round number that claims no more than it knows."""
    one_in = int(values["one_in"])
    leading = 10 ** (len(str(one_in)) - 1)
    return f"fewer than one site in {one_in // leading * leading:,}"


def _usual(values) -> str:
    number = int(values["months"])
    if values["same"]:
        return f"the same calendar month of {number} other years"
    return f"the {number} months around it"


def _births_odd(values, months, _):
    return (
        f"{_count(values['count'])} live births in {format_month(months[0])}, "
        f"{_much(values)} than in {_usual(values)}: {_count(values['past'])} together. Compare it "
        "with the register: a digit too many or too few, or a month that is not complete?"
    )


def _much(values) -> str:
    return "far more" if values["many"] else "far fewer"


def _deaths_odd(what, of):
    def sentence(values, months, _):
        return (
            f"{_count(values['count'])} {what} of {_count(values['births'])} {of} in "
            f"{format_month(months[0])}, {_much(values)} than in {_usual(values)}: "
            f"{_count(values['past'])} of {_count(values['past_births'])}. Compare it with the "
            "register, and say what happened if it is right."
        )

    return sentence


def _copied(values, months, _):
    return (
        f"{format_month(months[-1])} has the very counts of {format_month(months[0])}. Chance "
        f"brings that to {_chance(values)}. Was an earlier report sent again? Count "
        "this month anew from the register."
    )


def _same_births(values, months, _):
    return (
        f"{_count(values['births'])} live births in each of {_count(values['months'])} months in "
        f"a row, {_span(months)}. Chance brings that to {_chance(values)}. Count these "
        "months anew from the register."
    )


def _repeated(values, months, panel_months):
    first = panel_months[int(values["first"])]
    return (
        f"In {_count(values['months'])} months in a row, {_span([first, months[-1]])}, births are "
        f"those of a year before. Chance brings that to {_chance(values)}. Were last "
        "year's reports sent again?"
    )


def _deaths_over_births_year(values, months, _):
    return (
        f"{_count(values['count'])} infant deaths and {_count(values['whole'])} live births in "
        f"{_count(values['months'])} months reported, {_span(months)}. Deaths without their "
        "births make no rate: correct the counts, or explain it, as for a hospital to which the "
        "sick are sent. Until then its program has no verdict on these months."
    )


def _deaths_over_births(values, months, _):
    return (
        f"{_count(values['count'])} infant deaths and {_count(values['whole'])} live births in "
        f"{format_month(months[0])}. That happens where the sick are referred; say so if it is."
    )


def _maternal(values, months, _):
    return (
        f"{_count(values['count'])} maternal deaths and {_count(values['whole'])} live births in "
        f"{_span(months)}. Are deaths of all women, or of all ages, in this column?"
    )


def _attended(values, months, _):
    return (
        f"{_count(values['count'])} births with a skilled attendant of {_count(values['whole'])} "
        f"births in {format_month(months[0])}, dead and alive. A part cannot exceed its whole: "
        "correct one of them."
    )


def _fourth(values, months, _):
    return (
        f"{_count(values['count'])} fourth antenatal visits and {_count(values['whole'])} first "
        f"ones in {_span(months)}. Every fourth visit follows a first one: are visits of other "
        "numbers counted as fourth, or are first visits missing?"
    )


def _postnatal(values, months, _):
    return (
        f"{_count(values['count'])} postnatal visits within two days and "
        f"{_count(values['whole'])} live births in {_span(months)}. Are later visits counted, or "
        "mothers who gave birth elsewhere?"
    )


def _too_high(what, of, most):
    def sentence(values, months, _):
        return (
            f"{_count(values['count'])} {what} of {_count(values['births'])} {of} in "
            f"{_span(months)}: more than {most} per 1,000, and chance alone does not explain it. "
            "Are births missing, or is something else in this column?"
        )

    return sentence


def _none(what, of):
    def sentence(values, months, _):
        return (
            f"0 {what} of {_count(values['births'])} {of} in {_span(months)}, where "
            f"{_one_decimal(values['expected'])} are expected at the rate of the program's other "
            f"counts. Ask whether {what} are recorded here, and leave them empty where they are "
            "not counted."
        )

    return sentence


def _no_births(values, months, _):
    return (
        f"0 live births in each of 12 months, {_span(months)}. Was the site open, and are births "
        "counted here? If not, ask a manager to say when it was closed."
    )


def _jumped(values, months, panel_months):
    month = format_month(panel_months[int(values["month"])])
    if values["past"]:
        before = (
            f"{_one_decimal(values['factor'])} times as many a month as in the six before, which "
            f"had {_count(values['past'])}"
        )
    else:
        before = "after six months without any"
    return (
        f"{_count(values['recent'])} live births in the three months from {month} on, {before}. "
        "A new ward, a split district, another way of counting? A rate across this month compares "
        "two different things: say what changed."
    )


def _few_stillbirths(values, months, _):
    return (
        f"{_count(values['stillbirths'])} stillbirths beside {_count(values['deaths'])} early "
        f"neonatal deaths in {_span(months)}. There are usually about as many of both, and chance "
        "does not explain so few. Are stillbirths recorded, or recorded as early deaths?"
    )


def _many_stillbirths(values, months, _):
    return (
        f"{_count(values['stillbirths'])} stillbirths beside {_count(values['deaths'])} early "
        f"neonatal deaths in {_span(months)}. There are usually about as many of both, and chance "
        "does not explain so many. Are children who died soon after birth recorded as stillborn?"
    )


def _for_deaths(values, months, _):
    return (
        f"Stillbirths rose from {_count(values['stillbirths_before'])} to "
        f"{_count(values['stillbirths'])} as early neonatal deaths fell from "
        f"{_count(values['deaths_before'])} to {_count(values['deaths'])}, in {_span(months)}, "
        "each by more than chance. Are early deaths recorded as stillbirths now?"
    )


def _heaped(values, months, _):
    return (
        f"In {_count(values['rounded'])} of {_count(values['months'])} months births end in 0 or "
        f"5, {_span(months)}; chance makes it 2 in 10. Were births estimated rather than counted?"
    )


_SENTENCES: Mapping[Kind, Callable[..., str]] = {
    Kind.BIRTHS_ODD: _births_odd,
    Kind.DEATHS_ODD: _deaths_odd("infant deaths", "live births"),
    Kind.STILLBIRTHS_ODD: _deaths_odd("stillbirths", "births"),
    Kind.COPIED_MONTH: _copied,
    Kind.SAME_BIRTHS: _same_births,
    Kind.REPEATED_YEAR: _repeated,
    Kind.DEATHS_OVER_BIRTHS_YEAR: _deaths_over_births_year,
    Kind.DEATHS_OVER_BIRTHS: _deaths_over_births,
    Kind.MATERNAL_OVER_BIRTHS: _maternal,
    Kind.ATTENDED_OVER_BIRTHS: _attended,
    Kind.FOURTH_OVER_FIRST: _fourth,
    Kind.POSTNATAL_OVER_BIRTHS: _postnatal,
    Kind.RATE_TOO_HIGH: _too_high("infant deaths", "live births", 250),
    Kind.NO_DEATHS: _none("infant deaths", "live births"),
    Kind.STILLBIRTH_RATE_TOO_HIGH: _too_high("stillbirths", "births", 100),
    Kind.NO_STILLBIRTHS: _none("stillbirths", "births"),
    Kind.NO_BIRTHS: _no_births,
    Kind.BIRTHS_JUMPED: _jumped,
    Kind.STILLBIRTHS_FEW: _few_stillbirths,
    Kind.STILLBIRTHS_MANY: _many_stillbirths,
    Kind.STILLBIRTHS_FOR_DEATHS: _for_deaths,
    Kind.HEAPED_DIGITS: _heaped,
}
