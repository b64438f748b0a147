"""What our columns are called elsewhere, without case, accents and punctuation: the names that say
most first, since of several columns that of the first name is taken."""

from metrics.imports.headings import simplify
from metrics.imports.mapping import OURS, PART_COLUMNS

# Days on which something was reported: of the month before as likely as of their own.
_DAYS = "date|fecha|data|datum|reporting date|report date|date of report"
REPORT_DAYS = frozenset(_DAYS.split("|"))
# Years that begin in one and end in the next, however they are written.
FISCAL_YEARS = frozenset({"fiscal year", "financial year", "fy"})

_CALLED = {
    "site_code": "site id|facility code|facility id|org unit code|orgunit|organisationunitcode"
    "|organisationunitid|uid|fips|hmis code|code etablissement|cnes|code|codigo",
    "site_name": "site|facility|facility name|health facility|name of health facility"
    "|name of facility|clinic|hospital|centre|center"
    "|health centre|health center|institution|place of birth|place of death|org unit"
    "|organisation unit|organisationunitname|etablissement|formation sanitaire|hopital"
    "|structure sanitaire|centre de sante|establecimiento|centro de salud|clinica|unidad|unidade"
    "|unidade de saude|estabelecimento|maternidade|klinik|krankenhaus|geburtsklinik|einrichtung"
    "|name|nom",
    "month": "period|month year|year month|reporting month|reporting period|report month"
    "|month of report|month of birth|month of death|periodid|periodname|periode|periodo|mois"
    f"|mois annee|mes|mes ano|monat|berichtsmonat|{_DAYS}",
    "year": f"annee|ano|jahr|calendar year|{'|'.join(sorted(FISCAL_YEARS))}",
    "month_of_year": "month|month number|month name|mois|mes|monat",
    "live_births": "births live|number of live births|total live births|live birth"
    "|liveborn|born alive|naissances vivantes|nes vivants|nacidos vivos|nascidos vivos"
    "|lebendgeborene|lebendgeburten|live births cumulative|births",
    "infant_deaths": "infant death|number of infant deaths|total infant deaths|infant deaths total"
    "|infant deaths 0 11 months|infant deaths 1yr|infant deaths 1 yr|infant deaths 1 year"
    "|infant deaths under 1 year|infant deaths under one year|deaths 0 11 months"
    "|deaths 0 364 days|deaths under 1|deaths under one|under 1 deaths|deaths under 1 year"
    "|deaths under one year|deces infantiles|deces 0 11 mois|deces de moins d un an"
    "|defunciones infantiles|muertes infantiles|defunciones de menores de un ano"
    "|defunciones menores de 1 ano|obitos infantis|obitos de menores de 1 ano"
    "|gestorbene sauglinge|sauglingssterbefalle|infant deaths cumulative|deaths",
    "early_neonatal_deaths": "deaths 0 6 days|infant deaths 0 6 days",
    "late_neonatal_deaths": "deaths 7 27 days|infant deaths 7 27 days",
    "postneonatal_deaths": "postneonatal infant deaths|deaths 28 364 days"
    "|post neonatal|infant deaths 28 364 days|deaths 28 days 11 months|deaths 1 11 months",
    "age_unknown_deaths": "age unknown|unknown age",
    "stillbirths": "still births|stillbirth|still birth|fetal deaths|foetal deaths|mortinaissances"
    "|mort nes|mortinatos|natimortos|totgeborene|totgeburten|fresh macerated stillbirths",
    "maternal_deaths": "maternal death|mothers died|deces maternels|muertes maternas"
    "|obitos maternos|muttersterbefalle",
    "antenatal_first_visits": "anc1|anc 1|anc 1st visit|first antenatal visits|cpn1",
    "antenatal_fourth_visits": "anc4|anc 4|anc 4th visit|fourth antenatal visits|cpn4",
    "skilled_attendant_births": "skilled attendance|skilled birth attendance|sba"
    "|births with a skilled attendant",
    "postnatal_visits_two_days": "pnc 2 days|postnatal care within 2 days"
    "|postnatal visits within two days",
    "counted": "indicator|data element|dataelement|dataname|measure|item|what|indicateur|indicador",
    "value": "count|number|valeur|valor|wert|total",
}
# What deaths of an age are called, also with the days of that age behind it: (0-6 jours).
_BY_AGE = {
    "early_neonatal_deaths": (
        "0 6",
        "early neonatal|early neonatal deaths|deces neonatals precoces|deces neonataux precoces"
        "|muertes neonatales tempranas|defunciones neonatales tempranas"
        "|muertes neonatales precoces|defunciones neonatales precoces|obitos neonatais precoces"
        "|mortes neonatais precoces",
    ),
    "late_neonatal_deaths": (
        "7 27",
        "late neonatal|late neonatal deaths|deces neonatals tardifs|deces neonataux tardifs"
        "|muertes neonatales tardias|defunciones neonatales tardias|obitos neonatais tardios"
        "|mortes neonatais tardias",
    ),
    "postneonatal_deaths": (
        "28 364",
        "postneonatal|postneonatal deaths|post neonatal deaths|deces postneonatals"
        "|deces post neonatals|deces postneonataux|deces post neonataux|muertes posneonatales"
        "|muertes postneonatales|defunciones posneonatales|defunciones postneonatales"
        "|obitos pos neonatais|mortes pos neonatais",
    ),
}
_DAY_WORDS = ("days", "d", "jours", "j", "dias")
for _ours, (_ages, _said) in _BY_AGE.items():
    _with_ages = (f"{own} {_ages} {word}" for own in _said.split("|") for word in _DAY_WORDS)
    _CALLED[_ours] = "|".join([_CALLED[_ours], _said, *_with_ages])

OURS_BY_NAME: dict[str, list[str]] = {}
RANKS: dict[tuple[str, str], int] = {}  # our column and a name of it -> 0 for our own name
for _ours in (own for own in OURS if own not in PART_COLUMNS):
    _names = [simplify(_ours), *filter(None, _CALLED.get(_ours, "").split("|"))]
    for _rank, _name in enumerate(_names):
        OURS_BY_NAME.setdefault(_name, []).append(_ours)
        RANKS[_ours, _name] = _rank

# Places that are sites where no smaller one is named, the smallest first.
_AREAS = (
    "ward|subdistrict|sub district|commune|gemeinde|municipio|district|distrito|kreis|landkreis"
)
_AREAS += "|county|area|departamento|departement|province|provincia|state|state union territory"
_AREAS += "|bundesland|region"
AREA_SIZES = {name: size for size, name in enumerate(_AREAS.split("|"))}
