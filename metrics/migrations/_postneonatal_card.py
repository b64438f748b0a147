"""The words of the postneonatal mortality card, by attribute."""

NAME = "Postneonatal mortality rate"

SOURCES = {
    "definition": "US National Center for Health Statistics, Health, United States, appendix II "
    "(infant death), in our words"
}

TEXTS = {
    "definition": "Deaths on days 28 to 364 of life, after the neonatal period and before the "
    "first birthday, for every 1,000 live births of the same place and months. Together with "
    "the neonatal deaths and those of unknown age they make up the infant deaths. They are "
    "divided by all live births, not only by the children who lived through the first 28 days.",
    "insights": "Once a child has lived through the first four weeks, its life depends less on "
    "the birth and more on where and how the family lives: pneumonia, diarrhoea, malaria, missed "
    "vaccinations, too little food, unsafe water, smoke. The rate tells whether prevention and "
    "treatment reach the home.",
    "measurement": "Each site counts the infant deaths on days 28 to 364. Many of these children "
    "die at home, or at another site than the one where they were born, so health facilities "
    "see less of this part of infant mortality than of the first month. A report in which it was "
    "not counted leaves both numbers; an empty box is not a zero.",
    "formula": "deaths on days 28 to 364 ÷ live births of the same months × 1,000. Example: 33 "
    "deaths among 3,000 live births are 11.0 per 1,000, with an exact 95 % interval of 7.6 to "
    "15.4. Some publications divide by the children alive at 28 days instead, which gives a "
    "slightly higher number: look before you compare. No live births: no rate.",
    "trend": "Follow twelve months at a time: the rains, the cold and the hungry months come "
    "back every year. The children who die now were born up to a year ago. When births rise "
    "quickly, this rate reads too low for a while, and when births fall quickly, too high. It "
    "answers to vaccination, nets, water and food, and hardly to care at birth.",
    "questions": "Where did these children die, and does any site hear of deaths at home? Which "
    "months of the year carry the deaths? Did births change so quickly that they no longer match "
    "the deaths? Are vaccines, nets and rehydration salts where the deaths are? Which children "
    "are left behind: far villages, the poorest, those of very young mothers?",
    "tips": "Ask community health workers to report the death of every child under one year, "
    "with its age. Bring treatment of diarrhoea and pneumonia near the home. Look at the "
    "vaccination card on every visit. Support breastfeeding, nothing else for six months. Agree "
    "whether the site of birth or the site of death reports, so that each death is counted once.",
    "visualisation": "The rate of twelve months with its interval; below it the deaths of each "
    "calendar month as bars, so that the season is seen. Neonatal and postneonatal rates on one "
    "scale, because which of the two is larger decides what to do. By residence or wealth a "
    "table with counts first.",
    "risks": "A low rate from hospitals alone reassures wrongly, because the deaths at home are "
    "not in it. A child who moved is a birth here and a death elsewhere. Ages rounded to “one "
    "month” or “one year” push deaths across both borders. Deaths of unknown age are in the "
    "infant rate and in neither of its parts. Numbers are often small: below 20 deaths no "
    "verdict is given.",
    "tools": "Death registers of the children's ward and of the village, the monthly report with "
    "ages, community health workers, verbal autopsy, and household surveys that ask mothers for "
    "every birth and every death.",
    "integration": "Vaccination registers show who was reached. Civil registration gives deaths "
    "outside the sites. Reports of malaria, measles and malnutrition give the causes, rainfall "
    "and food prices the season. The child's number from the birth register ties a later death "
    "to its birth.",
    "impact": "At 12 per 1,000, a fall of a quarter means 3 more children in every 1,000 who "
    "reach their first birthday. Vaccination and treatment near home can show within a year or "
    "two; water, food and income take longer. When reports from the community begin to come in, "
    "the rate rises first: more is seen, not more is lost.",
}
