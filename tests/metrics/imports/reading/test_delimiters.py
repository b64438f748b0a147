"""Which character separates the cells."""

import pytest

from metrics.imports.reading.delimiters import find_delimiter


@pytest.mark.parametrize("names", [(";\r;North", ";\r;South"), ("a;b;c", "a;b"), ("|", "\t;")])
def test_separator_in_quoted_names_separates_nothing(names):
    rows = [f'{code},"{name}",2024-01,40' for code, name in zip("AB", names, strict=True)]
    assert find_delimiter("\n".join(["site_code,site_name,month,live_births", *rows])) == ","


def test_quote_within_a_quoted_name_tears_nothing():
    rows = ['A;"5"" ward, North";40,0', 'B;"South, ""new""";38,0']
    assert find_delimiter("\n".join(["site_code;site_name;live_births", *rows])) == ";"


def test_quote_as_a_name_is_no_torn_one():
    rows = [f'A,2024-0{month},0,;,""""' for month in (1, 2, 3)]
    assert find_delimiter("\n".join(["site_code,month,live_births,name,other", *rows])) == ","


def test_inches_without_quotes_around_them_change_nothing():
    rows = [f'5" ward {n};3,{n}' for n in range(4)]
    assert find_delimiter("\n".join(["name;rate", *rows])) == ";"


def test_sample_full_of_quotes_is_looked_at_at_once():
    for hostile in ('"' * 60_001, ',"' * 30_000, ',"""' * 15_000, '"x' * 30_000):
        assert find_delimiter(f"a,b\n{hostile}") in ",;\t|"
