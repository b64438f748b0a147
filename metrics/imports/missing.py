"""What a file says nowhere, in words; for the command with a line that would say it."""

from collections.abc import Sequence

from metrics.imports.reading import FileRefusedError

# What is missing -> that it is, what to do about it, and how the command says it.
_CHOOSE = "Choose it below, or say it for every row."
_MISSING = {
    "site": (
        "No column says which site each row is of.", _CHOOSE, "site_name = district",
    ),
    "month": (
        "No column says which month each row is of.", _CHOOSE, "month = period",
    ),
    "year": (
        "No column says which year each row is of.", _CHOOSE, 'year = "2024"',
    ),
    "month_of_year": (
        "No column says in which month of its year each row is.", _CHOOSE, "month_of_year = month",
    ),
    "dimension": (
        "No column says by what the categories break reports down.", _CHOOSE, 'dimension = "sex"',
    ),
    "category": (
        "No column says which category each row is of.", "Choose it below.", "category = group",
    ),
    "counts": (
        "No column holds counts, such as live births.", "Choose it below.", "live_births = births",
    ),
    "parts": (
        "No column holds births or deaths of the categories.", "Choose it below.",
        "live_births = births",
    ),
}  # fmt: skip


class MissingColumnsError(FileRefusedError):
    """Something that is needed is said nowhere.

    missing : what, as above; told : how a page says it, which has the choices below
    """

    def __init__(self, missing: Sequence[str], headings: Sequence[str]):
        self.missing = tuple(missing)
        self.told = [" ".join(_MISSING[own][:2]) for own in missing]
        said = " ".join(_MISSING[own][0] for own in missing)
        super().__init__(f"{said} The header has {', '.join(headings)}.")
        self.hint = f"Rename a column or map it, for example: {_MISSING[missing[0]][2]}."
