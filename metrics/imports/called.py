"""What our columns are called elsewhere, without case, accents and punctuation."""

from metrics.imports.headings import simplify
from metrics.imports.mapping import OURS, PART_COLUMNS

_CALLED = {
    "site_code": "code|site id|facility code|facility id|org unit code|orgunit|organisationunitid"
    "|organisationunitcode|uid|fips|hmis code|code etablissement|codigo|cnes",
    "site_name": "site|name|facility|facility name|health facility|clinic|hospital|centre|center"
    "|health centre|health center|institution|place of birth|place of death|org unit"
    "|organisation unit|organisationunitname|nom|etablissement|formation sanitaire|hopital"
    "|structure sanitaire|centre de sante|establecimiento|centro de salud|clinica|unidad|unidade"
    "|unidade de saude|estabelecimento|maternidade|klinik|krankenhaus|geburtsklinik|einrichtung",
    "month": "period|date|month year|year month|reporting month|reporting period|reporting date"
    "|report date|report month|month of report|month of birth|month of death|date of report"
    "|periodid|periodname|periode|periodo|mois|mois annee|mes|mes ano|fecha|data|monat"
    "|berichtsmonat|datum",
    "year": "annee|ano|jahr|calendar year|fiscal year|financial year|fy",
    "month_of_year": "month|month number|month name|mois|mes|monat",
    "live_births": "births|births live|number of live births|total live births|live birth"
    "|liveborn|born alive|naissances vivantes|nes vivants|nacidos vivos|nascidos vivos"
    "|lebendgeborene|lebendgeburten",
    "infant_deaths": "deaths|infant death|number of infant deaths|total infant deaths"
    "|infant deaths 0 11 months|infant deaths 1yr|infant deaths 1 yr|infant deaths 1 year"
    "|infant deaths under 1 year|infant deaths under one year|deaths 0 11 months"
    "|deaths 0 364 days|deaths under 1|deaths under one|under 1 deaths|deaths under 1 year"
    "|deaths under one year|deces infantiles|deces 0 11 mois|deces de moins d un an"
    "|defunciones infantiles|muertes infantiles|defunciones de menores de un ano"
    "|defunciones menores de 1 ano|obitos infantis|obitos de menores de 1 ano"
    "|gestorbene sauglinge|sauglingssterbefalle",
    "early_neonatal_deaths": "early neonatal|deaths 0 6 days|deces neonatals precoces",
    "late_neonatal_deaths": "late neonatal|deaths 7 27 days",
    "postneonatal_deaths": "post neonatal deaths|postneonatal infant deaths|deaths 28 364 days"
    "|post neonatal",
    "age_unknown_deaths": "age unknown|unknown age",
    "stillbirths": "still births|stillbirth|still birth|fetal deaths|foetal deaths|mortinaissances"
    "|mort nes|mortinatos|natimortos|totgeborene|totgeburten",
    "maternal_deaths": "maternal death|mothers died|deces maternels|muertes maternas"
    "|obitos maternos|muttersterbefalle",
    "antenatal_first_visits": "anc1|anc 1|anc 1st visit|first antenatal visits|cpn1",
    "antenatal_fourth_visits": "anc4|anc 4|anc 4th visit|fourth antenatal visits|cpn4",
    "skilled_attendant_births": "skilled attendance|skilled birth attendance|sba"
    "|births with a skilled attendant",
    "postnatal_visits_two_days": "pnc 2 days|postnatal care within 2 days"
    "|postnatal visits within two days",
    "counted": "indicator|data element|dataelement|dataname|measure|item|what|indicateur|indicador",
    "value": "count|number|total|valeur|valor|wert",
}
OURS_BY_NAME: dict[str, list[str]] = {}
for _ours in (own for own in OURS if own not in PART_COLUMNS):
    for _name in (simplify(_ours), *_CALLED.get(_ours, "").split("|")):
        OURS_BY_NAME.setdefault(_name, []).append(_ours)

# Places that are sites where no smaller one is named, the smallest first.
_AREAS = (
    "ward|subdistrict|sub district|commune|gemeinde|municipio|district|distrito|kreis|landkreis"
)
_AREAS += "|county|area|departamento|departement|province|provincia|state|state union territory"
_AREAS += "|bundesland|region"
AREA_SIZES = {name: size for size, name in enumerate(_AREAS.split("|"))}
