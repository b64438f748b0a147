"""What columns of breakdowns and their categories are called elsewhere, without case, accents and
punctuation."""

from metrics.imports.breakdowns.finding import PartFinder
from metrics.imports.headings import simplify
from metrics.models import Dimension

DIMENSION = "dimension|breakdown|broken down by|disaggregation|disaggregated by|category type"
DIMENSION += "|disaggregation type|breakdown type|stratifier|dimension name|desagregation"
CATEGORY = "category|category code|group|subgroup|disaggregation|disaggregation value|stratum"
CATEGORY += "|category option|category option combo|categoryoptioncombo|category name|breakdown"
CATEGORY += "|categorie|categoria|kategorie"
LIKE = {"sex": "gender|sexe|sexo|geschlecht"}  # a dimension's code -> other names of it
WORDS = {  # a category's code -> what it is called elsewhere
    "female": "girl|girls|females|feminin|femenino|feminino|fille|filles|femme|femmes|nina|ninas"
    "|mujer|mujeres|mulher|mulheres|menina|meninas|weiblich|madchen",
    "male": "boy|boys|males|masculin|masculino|garcon|garcons|homme|hommes|nino|ninos|hombre"
    "|hombres|homem|homens|menino|meninos|mannlich|junge|jungen|knabe|knaben",
    "unknown": "not known|not stated|not recorded|unspecified|indetermine|desconocido|ignorado"
    "|unbekannt",
}
# One letter says something only beside the other: beside H for hombre, M is mujer.
LETTERS = {"f": "female", "m": "male", "u": "unknown"}


def dimension_called(finder: PartFinder, text: str) -> Dimension | None:
    """The dimension that a column is called as, such as Gender."""
    name = simplify(text)
    alike = (code for code, names in LIKE.items() if name in names.split("|"))
    return finder.dimension_of(next(alike, text))


def may_hold(dimension: Dimension, text: str) -> bool:
    """Whether a column may hold categories of a dimension by its name, such as Sex of the child."""
    name = simplify(text)
    names = [dimension.code, dimension.name, *LIKE.get(dimension.code, "").split("|")]
    is_named = any(f" {simplify(own)} " in f" {name} " for own in names if own)
    return is_named or name in CATEGORY.split("|")


def is_word_for(code: str, plain: str) -> bool:
    """Whether a category of this code is called so elsewhere."""
    return plain in WORDS.get(code, "").split("|")
