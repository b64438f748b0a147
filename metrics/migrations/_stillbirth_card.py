"""The words of the stillbirth card, by attribute."""

NAME = "Stillbirth rate"

SOURCES = {
    "definition": "WHO, ICD-10, volume 2, section 5.7, with the limit of 28 weeks for "
    "international comparison, in our words"
}

TEXTS = {
    "definition": "Children born without any sign of life at 28 completed weeks of pregnancy or "
    "later, for every 1,000 births, live births and stillbirths together. Twenty-eight weeks is "
    "the limit for comparing countries; many countries count from 22 weeks, 20 weeks or 500 g "
    "for themselves. A stillbirth is never a live birth and never an infant death.",
    "insights": "Deaths before labour speak of care in pregnancy: blood pressure, infections, "
    "growth, diabetes. Deaths during labour speak of care at birth. Both share their causes with "
    "deaths in the first week, so a program that helps at birth should move the two together. "
    "Where nobody counts stillbirths, half of the story of birth is missing.",
    "measurement": "Each site counts the children born dead at 28 completed weeks or later; "
    "where the weeks are not known, 1,000 g stands for them, as in ICD-10. A report in which "
    "stillbirths were not counted leaves both numbers. One count a month is asked for here; "
    "whether the child died before or during labour belongs in the register of the site.",
    "formula": "stillbirths ÷ (live births + stillbirths) of the same months × 1,000. Example: "
    "60 stillbirths beside 2,940 live births are 60 of 3,000 births, 20.0 per 1,000, with an "
    "exact 95 % interval of 15.3 to 25.7. Divided by the live births alone it would read 20.4 "
    "and could not be compared. No births: no rate.",
    "trend": "Follow twelve months at a time, beside the early neonatal deaths of the same "
    "months. If one rises while the other falls, look at how they are told apart before you look "
    "at care. Their sum, perinatal deaths, does not change when a child is moved from one column "
    "to the other. A new limit of weeks or grams makes a step that is no change of risk.",
    "questions": "From which week does the site count, and has that changed? Was the heartbeat "
    "heard when labour began? Is every child without breath dried, stimulated and ventilated "
    "before it is called stillborn? Are children born dead at home known to anybody? Do months "
    "of many births show a zero because there was none, or because nobody asked?",
    "tips": "Write down the weeks, the weight and whether the skin shows that the child died "
    "earlier. Listen to the heartbeat on arrival and throughout labour. Review stillbirths and "
    "early deaths in one meeting. Leave the box empty when it was not counted; a zero says that "
    "somebody looked. Tell the parents what was found.",
    "visualisation": "Stillbirths and early neonatal deaths per 1,000 births, one above the "
    "other over the same months, with the interval of their sum. Mark the month in which a "
    "definition or a register changed. Show how many reports counted stillbirths at all: without "
    "that the curve cannot be read.",
    "risks": "A child who gasped and died is sometimes written down as stillborn, out of habit, "
    "kindness or fear of questions; it then disappears from infant mortality. The reverse "
    "happens too. Stillbirths at home are hardly ever seen by a site. Rates with different "
    "limits of weeks or weight cannot be compared. With few stillbirths chance alone makes large "
    "changes: below 20 no verdict is given.",
    "tools": "A delivery register with weeks, weight and the heartbeat on arrival; the partograph "
    "or labour care guide; the monthly report; reviews of perinatal deaths, which ICD-PM helps to "
    "classify; pregnancy registers kept in the community.",
    "integration": "Antenatal registers say who was pregnant and how far; the delivery register "
    "says how it ended. Early neonatal and maternal deaths of the same site and months belong "
    "beside it. Civil registration of stillbirths and surveys that ask for every pregnancy see "
    "what the sites do not.",
    "impact": "At 20 per 1,000 births, a fall of a fifth means that 4 more of every 1,000 children "
    "are born alive. Care in labour can show within a year, care in pregnancy within two. Counting "
    "stillbirths where nobody did raises the rate first, and is the step without which nothing "
    "can be said of infant mortality either.",
}
