"""The words of the maternal mortality card, by attribute."""

NAME = "Maternal mortality ratio"

SOURCES = {
    "definition": "WHO, ICD-10, volume 2, section 5.8.1, and SDG indicator 3.1.1, in our words",
    "insights": "Thaddeus and Maine (1994), Social Science & Medicine 38:1091, for the delays; the "
    "rest is ours",
}

TEXTS = {
    "definition": "Deaths of women while pregnant or within 42 days of the end of pregnancy, "
    "however long it lasted and wherever it was, from a cause related to the pregnancy or its "
    "care or made worse by them, for every 100,000 live births of the same place and months. "
    "Deaths from accidents and from causes that only coincided are left out, and so are late "
    "maternal deaths, after 42 days and within a year.",
    "insights": "A mother's death is rare, and each one has a history of delays: in deciding to "
    "seek help, in reaching it, in being treated once there. The ratio tells whether bleeding, "
    "high blood pressure, infection and obstructed labour are met in time. A child whose mother "
    "dies is in danger itself, so infant mortality is never read without it.",
    "measurement": "Each site counts the women who died in pregnancy, at birth or within 42 days "
    "of its end, in every ward and not only in the delivery room. Deaths early in pregnancy, at "
    "home, on the way and after going home are easily missed. Live births stand for pregnancies: "
    "a woman whose child was stillborn is counted if she dies, her pregnancy is not.",
    "formula": "maternal deaths ÷ live births of the same months × 100,000. Example: 5 deaths "
    "beside 2,500 live births are 200 per 100,000, with an exact 95 % interval of 64.9 to 466.7. "
    "The maternal mortality rate in the strict sense divides by women of 15 to 49 years and is "
    "another number, and so is the lifetime risk. No live births: no ratio.",
    "trend": "Twelve months are usually too few. At 200 per 100,000, twenty deaths take 10,000 "
    "live births, which is several years of a small program. Take years together, look at each "
    "death by itself, and follow besides what leads to it: severe bleeding, eclampsia, infection, "
    "the hours until treatment. One death more or less is not a trend.",
    "questions": "Were deaths of women of 15 to 49 years in all wards looked through for "
    "pregnancies? Who would know of a death at home or on the road? Which of the delays cost the "
    "life? Was there blood, magnesium sulphate, oxytocin, a surgeon, a vehicle? Was the woman "
    "referred, and is her death counted once, here or there?",
    "tips": "Notify each death within a day and review it within weeks, without blame and "
    "without names. Ask in the village as well as in the ward. Agree which site counts a woman "
    "who was referred. Act on what the reviews repeat. Follow women for the 42 days: most sites "
    "lose sight of them after the birth.",
    "visualisation": "Counts first: each death as a mark on the line of months. The ratio over "
    "years with its interval, which is wide and should look wide. Causes and delays as a table. "
    "Never a ranking of sites, and no percent change from a handful of deaths.",
    "risks": "Small numbers: a change from 4 deaths to 2 halves the ratio and shows nothing. "
    "Deaths are missed where they are not in the delivery room, and reported less where they are "
    "punished. Hospitals that receive emergencies carry the deaths of a whole district. Accidents "
    "counted in, or early pregnancies left out, move the ratio by themselves. So few deaths "
    "can be recognised: be careful what is shown of one site.",
    "tools": "Registers of every ward, a form that asks whether a woman who died had been "
    "pregnant, maternal death surveillance and response, review meetings, verbal autopsy in the "
    "community, and the ICD-MM guide for naming causes.",
    "integration": "Civil registration with a pregnancy question on the certificate. Blood bank, "
    "theatre and ambulance books show the delays. Antenatal and delivery registers give the "
    "pregnancies. Stillbirths and neonatal deaths of the same site and months belong beside it. "
    "National estimates adjust for missed deaths; a program's own count does not.",
    "impact": "At 200 per 100,000, a fall by half spares one mother in every 1,000 births. No "
    "program of a few thousand births can show that within a year, and this one says so. What "
    "can be shown soon is the care: births attended, bleeding treated, women seen after birth. "
    "If maternal deaths rise while infant deaths fall, the verdict is shown with that warning.",
}
