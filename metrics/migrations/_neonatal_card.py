"""The words of the neonatal mortality card, by attribute."""

NAME = "Neonatal mortality rate"

SOURCES = {"definition": "WHO, ICD-10, volume 2, section 5.7.1, in our words"}

TEXTS = {
    "definition": "Deaths on days 0 to 27 of life for every 1,000 live births, counted in the "
    "same place over the same months. The day of birth is day 0, so the neonatal period ends "
    "when 28 days are completed. Early neonatal deaths are those on days 0 to 6, late neonatal "
    "deaths those on days 7 to 27. Stillbirths belong to neither number.",
    "insights": "The first four weeks are the most dangerous of childhood, and the first day is "
    "the most dangerous of them. The rate speaks of care in pregnancy, at birth and in the first "
    "week: who attended, whether the child was dried, warmed and helped to breathe, whether an "
    "infection was seen in time. Where infant mortality falls and this rate does not, the gain "
    "came after the first month.",
    "measurement": "Each site counts its infant deaths by age. Where early and late neonatal "
    "deaths were both counted they are added; otherwise infant deaths less the postneonatal ones "
    "and less those of unknown age are taken. A report that allows neither leaves both numbers, "
    "deaths and births. Deaths at home in the first days reach a site only if somebody goes and "
    "asks.",
    "formula": "deaths on days 0 to 27 ÷ live births of the same months × 1,000. Example: 84 "
    "deaths among 3,000 live births are 28.0 per 1,000. The 95 % interval takes the deaths as a "
    "Poisson count and the births as fixed (exact limits; 22.3 to 34.7 here). No live births: no "
    "rate.",
    "trend": "Follow twelve months at a time, and early and late deaths apart: help at birth "
    "moves the first week, cleanliness and feeding the three weeks after. Hold the stillbirth "
    "rate of the same months beside it, because a child recorded as stillborn leaves this rate. "
    "A growing share of deaths of unknown age looks like a fall and is none.",
    "questions": "How many of the deaths have no age? Did early deaths fall while stillbirths "
    "rose? Is a child who dies in the delivery room written into the birth register first? Do "
    "mothers go home on the first day, so that nobody sees the days that follow? Did the site "
    "begin to receive, or to send away, the smallest children?",
    "tips": "Write the age at death in days, and in hours on the first day. Hold the delivery "
    "book against the death book once a month. See every mother and child within two days of the "
    "birth. Look first at the early deaths: breathing, warmth, infection, birth before term. "
    "Review each one without blame, and change one thing.",
    "visualisation": "The rate of twelve months with its interval; below it early and late "
    "deaths as two lines on the same scale, and the stillbirth rate over the same months. Deaths "
    "of unknown age stand apart and are never shared out among the others. For sites a funnel "
    "plot instead of a ranking.",
    "risks": "A child who breathed and is written down as stillborn lowers this rate and raises "
    "the other; the reverse happens as well. Deaths at home in the first week are those most "
    "often missed. A hospital that receives the sickest newborns has a high rate and may be the "
    "best of all. Any sign of life makes a live birth, however early; custom differs between "
    "places and years. With fewer than 20 deaths no verdict is given.",
    "tools": "Delivery, newborn-ward and death registers filled in on the day; the monthly "
    "report with ages; home visits in the first week; reviews of stillbirths and newborn deaths "
    "together; verbal autopsy, which asks the family afterwards, where nobody certified a death.",
    "integration": "Delivery room and newborn ward need one number for each child, or one death "
    "is counted twice. Birth registration gives the births, home visits the deaths outside. The "
    "stillbirths and maternal deaths of the same site and months belong beside it. Household "
    "surveys give the level of the whole population every few years.",
    "impact": "At 28 per 1,000, a fall of a quarter means 7 more children in every 1,000 who "
    "live through their first four weeks. Help at birth can show within a year where births are "
    "many. Better counting comes first and raises the rate: that is not worse care, and whoever "
    "reads the figures should be told which of the two it was.",
}
