"""The words of the infant mortality card, by attribute."""

NAME = "Infant mortality rate"

TEXTS = {
    "definition": "Deaths before the first birthday (days 0 to 364) for every 1,000 live births, "
    "counted in the same place over the same months. A live birth is any birth with a sign of "
    "life, however early. Stillbirths belong to neither number. Deaths split into early neonatal "
    "(days 0-6), late neonatal (days 7-27), postneonatal (days 28-364) and age unknown.",
    "insights": "It shows at once how well mothers and children are reached: care in pregnancy, "
    "at birth and after, food, water and income. Early deaths point to care around the birth, "
    "later ones to infections, feeding and living conditions. It is read beside maternal deaths "
    "and stillbirths, because the same care moves all three.",
    "measurement": "Each site reports its live births and infant deaths once a month. Over sites "
    "and months the counts are added up first and divided once; rates are never averaged. Twelve "
    "months are the usual window. A site-month that did not come in leaves both numbers. Births "
    "and deaths outside the sites are not seen, so compare with surveys where there are any.",
    "formula": "infant deaths ÷ live births of the same months × 1,000. Example: 140 deaths among "
    "2,000 live births are 70 per 1,000. The 95 % interval takes the deaths as a Poisson count "
    "and the births as fixed (exact limits; 59.0 to 82.6 here). No live births: no rate.",
    "trend": "Follow the rate of the last 12 months, moved on month by month, beside the baseline "
    "and the target. One month alone mostly shows chance and season. Compare periods in which "
    "every calendar month occurs equally often. Rates fall by a few percent a year in many "
    "countries with no program at all: keep that, and comparison sites, in view.",
    "questions": "Has completeness changed? Have births moved elsewhere, or have reported births "
    "jumped? Which age at death carries the change? Did stillbirths or maternal deaths rise while "
    "infant deaths fell? Was the site chosen because its rate was high? Which groups are left "
    "behind? How many deaths more would overturn what is said?",
    "tips": "Review every infant death within the month and write down one thing to change. Look "
    "first at early neonatal deaths: skilled help at birth, warmth, resuscitation. Fetch missing "
    "reports before judging a period. Pool small sites, or wait, rather than act on a handful of "
    "deaths. Fix the target, its baseline and its months before the program begins.",
    "visualisation": "A line of the 12-month rate with its interval, the baseline and the target "
    "as level lines, and a mark where each intervention began. Beside it counts and completeness. "
    "For sites a funnel plot instead of a ranking. For groups the table first, then one "
    "difference and one ratio. Never a pie, and never colour alone.",
    "risks": "With few deaths chance alone makes large changes: below 20 no verdict is given. "
    "Sites picked because they were bad improve without help. Unreported deaths look like "
    "success. Very early births recorded as stillbirths lower the rate on paper. A fall after a "
    "program is not proof that the program caused it.",
    "tools": "Birth and death registers at the site, a monthly report on a phone, CSV files for "
    "what is already on computers, reviews of deaths, and household surveys every few years to "
    "see what the sites do not.",
    "integration": "Civil registration gives births and deaths outside the sites. The national "
    "health information system gives the monthly counts and the site codes. Antenatal, delivery "
    "and postnatal registers give the care behind the figures. Population surveys check the "
    "level.",
    "impact": "At 70 per 1,000, a fall of 30 % means 21 more children in every 1,000 who live to "
    "their first birthday. Interventions at birth show within months; education, water and "
    "income take years. Say who acts on which finding, and look again after twelve months.",
}
