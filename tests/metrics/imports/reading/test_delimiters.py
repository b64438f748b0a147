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
