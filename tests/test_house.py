"""Laws of the house that neither the linter nor import-linter can check."""

import ast
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.urls import URLPattern, get_resolver

import imrtracker

PROJECT = Path(imrtracker.__file__).parents[1]
PACKAGES = ("accounts", "imrtracker", "metrics", "programs")
TEMPLATES = sorted((PROJECT / "templates").rglob("*.*"))
MOST_LINES = 400
FORBIDDEN_NAMES = {"utils", "helpers", "common", "services", "misc", "tools", "managers"}


def python_files(*folders):
    for folder in folders:
        for path in sorted((PROJECT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path


def told(paths):
    """Paths as one types them."""
    return [str(path.relative_to(PROJECT)) for path in paths]


def test_no_file_is_longer_than_four_hundred_lines():
    files = [*python_files(*PACKAGES, "tests"), *TEMPLATES, *(PROJECT / "static").rglob("*.js")]
    too_long = [path for path in files if path.read_text().count("\n") > MOST_LINES]
    assert told(too_long) == []


def test_no_module_has_a_name_that_says_nothing():
    named = [path for path in python_files(*PACKAGES) if path.stem in FORBIDDEN_NAMES]
    assert told(named) == []


def test_every_module_of_the_product_says_what_it_is():
    silent = [
        path
        for path in python_files(*PACKAGES)
        if path.read_text().strip()
        and path.name != "apps.py"
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert told(silent) == []


# --- Numbers -------------------------------------------------------------------------------


def divides(path):
    """Whether a module divides. (A path joined with / is a division as well, to Python.)"""
    return any(
        isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not is_path(node)
        for node in ast.walk(ast.parse(path.read_text()))
    )


def is_path(node):
    """Whether it joins a path: something that is one, or / a text."""
    starts = ast.unparse(node.left)
    is_text = isinstance(node.right, ast.JoinedStr | ast.Constant) and "'" in ast.unparse(
        node.right
    )
    return "Path(" in starts or "BASE_DIR" in starts or is_text


def test_only_statistics_divide_and_charts_place_their_marks():
    elsewhere = [
        path
        for path in python_files(*PACKAGES)
        if divides(path) and "stats" not in path.relative_to(PROJECT).parts
    ]
    own_numbers = {f"metrics/management/commands/{name}.py" for name in ("bench", "calibrate")}
    own_numbers |= {
        path for path in told(elsewhere) if path.startswith("metrics/management/bench/")
    }
    drawing = {path for path in told(elsewhere) if path.startswith("metrics/charts/")}
    assert set(told(elsewhere)) - drawing <= own_numbers


def test_nothing_is_rounded_before_the_door():
    rounding = [
        path
        for path in python_files("metrics/summaries", "metrics/models", "metrics/exports")
        if re.search(r"\bround\(", path.read_text())
    ]
    assert told(rounding) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=told(TEMPLATES))
def test_templates_write_keys_as_they_are(path):
    """A key above 999 would be written with a comma: it is the key of nothing."""
    assert not re.search(r"\.pk *}}", path.read_text())


@pytest.mark.parametrize("path", TEMPLATES, ids=told(TEMPLATES))
def test_templates_do_no_arithmetic(path):
    forbidden = r"\|(add|divisibleby|widthratio)\b|{%\s*widthratio"
    assert not re.search(forbidden, path.read_text())


# --- Who sees what -------------------------------------------------------------------------

SEEN_BY_ALL = {"Benchmark", "IndicatorCard", "IndicatorAttribute", "Dimension", "Category"}
THROUGH_SITES = {"OperationSpell"}


def test_every_model_says_who_sees_it():
    """What people see is decided in one place; knowledge is for all who sign in."""
    silent = {
        model.__name__
        for app in ("programs", "metrics")
        for model in apps.get_app_config(app).get_models()
        if not hasattr(model.objects.all(), "visible_to")
        and "history" not in model.__name__.lower()
    }
    assert silent <= {*SEEN_BY_ALL, *THROUGH_SITES, *auto_created()}


def auto_created():
    return {
        model.__name__
        for app in ("programs", "metrics")
        for model in apps.get_app_config(app).get_models()
        if model.__name__.startswith("Historical")
    }


@pytest.mark.parametrize("package", ["programs", "metrics"])
def test_every_model_says_what_a_row_is(package):
    silent = [
        model.__name__
        for model in apps.get_app_config(package).get_models()
        if model.__module__.startswith(package)
        and not model.__name__.startswith("Historical")
        and (not model.__doc__ or model.__doc__.startswith(f"{model.__name__}("))
    ]
    assert silent == []


OPEN_ON_PURPOSE = {"invitation": "the link in a mail, for somebody who has no account yet"}


@pytest.mark.django_db
def test_every_page_of_ours_asks_for_sign_in(client):
    """Opened without signing in, each leads to the sign-in page or is open on purpose."""
    addresses = {
        pattern.name: "/" + filled_in(pattern)
        for module in ("metrics.urls", "programs.urls")
        for pattern in get_resolver(module).url_patterns
        if isinstance(pattern, URLPattern)
    }
    assert len(addresses) >= 10
    assert addresses.keys() >= OPEN_ON_PURPOSE.keys()
    for address in (addresses[name] for name in addresses.keys() - OPEN_ON_PURPOSE.keys()):
        response = client.get(address)
        if response.status_code == 405:
            response = client.post(address)
        back = address.removesuffix("draft/")  # a draft leads back to its form
        assert (response.status_code, response.url) == (302, f"/account/login/?next={back}")


def filled_in(pattern):
    route = str(pattern.pattern)
    period = "2024-01..2024-12"
    for kind, value in {
        "month": "2024-01",
        "period": period,
        "int": "1",
        "measure": "infant",
        "chart": "trend",
        "ending": "csv",
    }.items():
        route = re.sub(rf"<{kind}:\w+>", value, route)
    return re.sub(r"<\w+:\w+>", "x", route)


# --- Templates -------------------------------------------------------------------------------

PARTIALS = [path for path in TEMPLATES if path.name.startswith("_")]
PAGES = [path for path in TEMPLATES if path.suffix == ".html"]


@pytest.mark.parametrize("path", PARTIALS, ids=told(PARTIALS))
def test_partial_says_on_its_first_line_what_it_needs(path):
    assert re.match(r"\{# .{10,} #\}", path.read_text())


@pytest.mark.parametrize("path", PAGES, ids=told(PAGES))
def test_template_holds_no_style_and_no_script_of_its_own(path):
    """The policy that browsers are told would refuse them."""
    text = path.read_text()
    assert not re.search(r"\sstyle\s*=|<style", text)
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"(src|href)=[\"']https?://", text)


@pytest.mark.parametrize("path", PAGES, ids=told(PAGES))
def test_included_partials_see_only_what_they_are_given(path):
    includes = re.findall(r"{%\s*include\s.*?%}", path.read_text())
    assert [tag for tag in includes if not tag.removesuffix("%}").strip().endswith("only")] == []


def test_templates_escape_what_people_wrote():
    """A mail is plain text, and the library draws the code by which a telephone is added."""
    unescaped = [p for p in TEMPLATES if re.search(r"\|safe\b|autoescape off", p.read_text())]
    assert told(unescaped) == [
        "templates/account/email/base_message.txt",
        "templates/mfa/totp/activate_form.html",
    ]
