"""Files of breakdowns in other people's words and shapes."""

from datetime import date

import pytest

from metrics.imports import FileRefusedError, parse_mapping
from metrics.imports.breakdowns.guessing import guess_parts
from metrics.imports.guessing import guess_mapping
from metrics.imports.mapping import Mapping
from metrics.imports.notices import NoticeKind
from metrics.imports.opening import look_into, open_content
from metrics.models import Category, Dimension
from tests.factories import MonthlyReportFactory, ProgramFactory
from tests.metrics.imports.breakdowns.breaking_down import GOOD, keep, parts, rows
from tests.metrics.imports.bringing_in import bring_in, check, faults, summary

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("report")]

WANTED = [("female", 19, 1), ("male", 21, 1)]


def guess(program, text):
    """The mapping that is offered for a file."""
    with open_content([text.encode()], "counts.csv") as source:
        preview = look_into(source, Mapping())
        return guess_parts(program, preview, guess_mapping(preview))


def stored_by(program, text, mapping):
    """The parts that a file brings."""
    found = bring_in(program, text, parse_mapping(mapping) if mapping else {})
    assert (found.left_out, found.faults) == (0, [])
    return parts()


@pytest.mark.parametrize(
    ("text", "mapping"),
    [
        pytest.param(GOOD, "", id="our own"),
        pytest.param(
            "infant_deaths;category;live_births;month;dimension;site_name\n"
            "1;FEMALE;19;Jan-24;SEX;north\n1;Mâle ;21;2024-01;Sex;NORTH\n",
            "",
            id="any order, case, accents, names",
        ),
        pytest.param(
            "clinic,when,gender,births,deaths\nA,2024-01,Girls,19,1\nA,2024-01,b,21,1\n"
            "A,2024-01,Both sexes,40,2\nA,2024-01,?,40,2\n",
            'site_name = clinic\nmonth = when\ndimension = "Sex"\ncategory = gender\n'
            "live_births = births\ninfant_deaths = deaths\ncategory Girls = female\n"
            "category B = Male\ncategory ? = -",
            id="words of theirs, a constant dimension, totals and words left out",
        ),
        pytest.param(
            "site_code,month,by,category,live_births,infant_deaths\n"
            "A,2024-01,Sexe,female,19,1\nA,2024-01,sexe,male,21,1\nA,2024-01,Age,old,1,1\n",
            "dimension = by\ndimension Sexe = sex\ndimension Age = -",
            id="a word for the dimension, another left out",
        ),
        pytest.param(
            "site_code,dimension,category,2024-01 live_births,2024-01 infant_deaths\n"
            "A,sex,female,19,1\nA,sex,male,21,1\n",
            "live_births = each month: live_births\ninfant_deaths = each month: infant_deaths",
            id="wide, a column a month",
        ),
        pytest.param(
            "site_code,month,dimension,category,counted,value\n"
            "A,2024-01,sex,female,live_births,19\nA,2024-01,sex,male,infant_deaths,1\n"
            "A,2024-01,sex,male,Births,21\nA,2024-01,sex,female,infant_deaths,1\n",
            "counted Births = live_births",
            id="a row a count",
        ),
        pytest.param(
            "site_code,month,dimension,category,live_births,infant_deaths\n"
            "A,2024-01,sex,female,19,1\n,,,male,21,1\n",
            "above = site, month, dimension",
            id="merged down",
        ),
    ],
)  # fmt: skip
def test_file_is_read_whatever_its_shape(program, text, mapping):
    assert stored_by(program, text, mapping) == WANTED


def test_running_totals_by_category_are_noticed_and_parted(program, report):
    for month in range(2, 13):
        MonthlyReportFactory(site=report.site, month=date(2024, month, 1), live_births=40)
    text = rows("sex,female,10,0")[: -len("A,2024-01,sex,female,10,0\n")]
    text += "".join(f"A,2024-{n:02},sex,female,{10 * n},0\n" for n in range(1, 13))
    [notice] = [own for own in check(program, text).notices if own.kind == NoticeKind.RUNNING]
    [lines] = notice.offers.values()
    bring_in(program, text, lines)
    assert parts() == [("female", 10, 0)] * 12


def test_category_of_no_dimension_is_another_matter(program):
    """A column “category” of a file of reports may say what kind of place a site is."""
    text = "site_code,month,category,live_births,infant_deaths\nA,2024-01,hospital,40,2\n"
    found = check(program, text)
    assert (summary(found), found.reports) == ((0, 0, 1, 0, 0), None)
    assert found.unused_columns == ["category"]


@pytest.mark.parametrize(
    ("mapping", "sentence"),
    [
        ({"category": "infant_deaths"}, "No column says by what the categories break reports down"),
        ({"dimension": '"sex"', "category": "-"}, "No column says which category each row is of"),
        (
            {"live_births": "-", "infant_deaths": "-"},
            "No column holds births or deaths of the categories",
        ),
        ({"stillbirths": "site_code"}, "stillbirths is not kept by category; live_births and"),
    ],
)
def test_file_without_what_is_needed_is_refused_with_a_sentence(program, mapping, sentence):
    text = GOOD.replace(",dimension", ",by") if "by what" in sentence else GOOD
    with pytest.raises(FileRefusedError, match=sentence):
        check(program, text, mapping)


def test_counts_that_are_not_kept_by_category_are_not_used(program):
    text = "site_code,month,dimension,category,live_births,stillbirths\nA,2024-01,sex,male,9,1\n"
    found = check(program, text)
    assert (summary(found), found.unused_columns) == ((1, 0, 0, 0, 0), ["stillbirths"])


def test_rows_about_counts_that_are_not_kept_by_category_are_refused(program):
    text = "site_code,month,dimension,category,counted,value\nA,2024-01,sex,male,stillbirths,1\n"
    assert 'counted: "stillbirths" is none of our counts.' in faults(program, text)[0]


def test_totals_by_category_are_left_out_and_named(program):
    [notice] = check(program, rows("sex,female,19,1", "sex,Total,40,2")).notices
    assert notice.text.endswith("or were said to be left out: Total (1 row).")


def test_names_that_differ_by_their_signs_alone_are_told_apart(program, report):
    own = Dimension.objects.create(code="age", name="Mother's age")
    own.programs.add(program)
    for code, name in (("a", "<20"), ("b", ">20")):
        own.categories.create(code=code, name=name)
    text = rows("mothers age,<20,1,0", "Mother's age,>20,2,0")
    assert stored_by(program, text, "dimension mothers age = age") == [("a", 1, 0), ("b", 2, 0)]


@pytest.mark.parametrize("word", ["20", ">20", "20+", "<=20", "≤20"])
def test_sign_of_a_number_is_no_punctuation(program, word):
    own = Dimension.objects.create(code="age", name="Mother's age")
    own.programs.add(program)
    own.categories.create(code="young", name="<20")
    own.categories.create(code="old", name="35+")
    said = faults(program, rows(f"age,{word},1,0"))
    assert said[0].startswith(f'row 2, category: "{word}" is none of Mother\'s age.')
    mapping = {f"category {word}": "young", "category < 20 ": "-"}
    assert summary(check(program, rows(f"age,{word},1,0", "age,35 +,1,0"), mapping))[0] == 2


def test_name_of_a_retired_category_means_the_one_in_use(program, report):
    Category.objects.filter(code="male").update(retired=True)
    report_of = Dimension.objects.get(code="sex")
    report_of.categories.create(code="m", name="Male")
    assert stored_by(program, rows("sex,Male,1,0"), "") == [("m", 1, 0)]
    keep(report, male=(2, 0))
    assert summary(check(program, rows("sex,male,2,0"))) == (0, 0, 1, 0, 0)


@pytest.mark.parametrize("said", ["sex/9", "Sex/9", "9"])
def test_number_that_means_unknown_in_one_breakdown_is_a_category_of_another(program, said):
    ward = Dimension.objects.create(code="ward", name="Ward")
    ward.programs.add(program)
    for code in ("9", "unknown"):
        ward.categories.create(code=code, name=f"Ward {code}")
    text = rows("sex,9,1,0", "ward,9,2,0")
    assert stored_by(program, text, f"category {said} = unknown") == [
        ("unknown", 1, 0), ("9", 2, 0),
    ]  # fmt: skip


def test_word_that_is_said_of_a_breakdown_goes_before_one_that_is_said_of_any(program):
    mapping = "category G = -\ncategory sex/G = female\ncategory sex/Male = unknown"
    text = rows("sex,G,1,0", "sex,male,2,0")
    assert stored_by(program, text, mapping) == [("female", 1, 0), ("unknown", 2, 0)]


@pytest.mark.parametrize("word", ["boys/girls", "1/2", "all/both", "sex/"])
def test_word_with_a_slash_that_names_no_breakdown_is_one_word(program, word):
    text = rows(f"sex,{word},1,0")
    assert stored_by(program, text, f"category {word} = unknown") == [("unknown", 1, 0)]


# --- What is guessed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "sample", "lines"),
    [
        (
            "site,month,Breakdown,Group,births,deaths",
            ["A,2024-01,Sex,female,19,1", "A,2024-01,Sex,Other,21,1"],
            {"dimension": "Breakdown", "category": "Group"},
        ),
        (
            "facility,period,Disaggregation type,Disaggregation,live births",
            ["A,2024-01,Sex,Female,19"],
            {"dimension": "Disaggregation type", "category": "Disaggregation"},
        ),
        (
            "facility,period,Gender,births",
            ["A,2024-01,F,19", "A,2024-01,m,21"],
            {
                "dimension": '"sex"',
                "category": "Gender",
                "category F": "female",
                "category m": "male",
            },
        ),
    ],
)
def test_columns_of_a_breakdown_are_guessed_from_their_names(program, header, sample, lines):
    guessed = guess(program, "\n".join([header, *sample]))
    parts_of = ("dimension", "category")
    assert {own: said for own, said in guessed.items() if own.startswith(parts_of)} == lines
    assert summary(check(program, "\n".join([header, *sample]), guessed))[0] >= 1


@pytest.mark.parametrize(
    ("words", "known"),
    [
        ("H,M", {}),
        ("Hombre,M", {"Hombre": "male"}),
        ("M,Mujer", {"Mujer": "female"}),
        ("F,H", {}),
        ("M,W", {}),
        ("f,H,M", {}),
        ("F,M", {"F": "female", "M": "male"}),
        ("M,F,U", {"F": "female", "M": "male", "U": "unknown"}),
        ("Homme,Femme", {"Homme": "male", "Femme": "female"}),
        ("homem,mulher", {"homem": "male", "mulher": "female"}),
        ("männlich,weiblich", {"männlich": "male", "weiblich": "female"}),
    ],
)
def test_letter_says_a_sex_only_as_one_of_a_pair(program, words, known):
    """M is masculino beside F, and mujer beside H."""
    rows_of = "".join(f"A,2024-01,{word},9\n" for word in words.split(","))
    guessed = guess(program, f"site_code,month,sexo,live_births\n{rows_of}")
    assert guessed["category"] == "sexo"
    assert {f"category {word}": code for word, code in known.items()} == {
        own: said for own, said in guessed.items() if own.startswith("category ")
    }


def test_column_that_says_something_of_the_site_is_no_breakdown(program):
    """Each site and month stands in it once."""
    own = Dimension.objects.create(code="residence", name="Residence")
    own.categories.create(code="urban", name="Urban")
    text = "site,month,Residence,births\nA,2024-01,Urban,40\nB,2024-01,Urban,7\n"
    guessed = guess(program, text)
    assert not {"dimension", "category"} & guessed.keys()


def test_file_of_reports_with_a_category_is_guessed_as_one(program):
    text = "site,month,category,births\nA,2024-01,hospital,40\nA,2024-02,hospital,41\n"
    assert guess(program, text) == {"site_name": "site", "month": "month", "live_births": "births"}


def test_program_without_any_breakdown_still_reads_the_file(program):
    Category.objects.all().delete()
    Dimension.objects.all().delete()
    assert "none of the breakdowns, which are none yet" in faults(program, GOOD)[0]
    assert guess(ProgramFactory(), GOOD).get("dimension") is None


def test_dimension_that_was_merged_down_is_noticed_and_taken_from_above(program):
    text = rows("sex,female,19,1", ",male,21,1")
    [notice] = [own for own in check(program, text).notices if own.kind == NoticeKind.GAPS]
    [lines] = notice.offers.values()
    assert lines == {"above": "dimension"}
    bring_in(program, text, lines)
    assert parts() == WANTED
