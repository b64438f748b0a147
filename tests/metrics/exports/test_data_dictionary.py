from pathlib import Path

import pytest

import imrtracker
from metrics.exports import DATASETS
from metrics.exports.released import RELEASED

DICTIONARY = Path(imrtracker.__file__).parents[1] / "docs" / "data-dictionary.md"


@pytest.mark.parametrize("dataset", [*DATASETS.values(), RELEASED], ids=lambda own: own.kind)
def test_data_dictionary_says_of_each_file_what_the_page_says(dataset):
    rows = [f"| `{own.name}` | {own.meaning} | {own.type} |" for own in dataset.columns]
    table = "\n".join(["| column | meaning | what stands there |", "|---|---|---|", *rows])
    head = f"## {dataset.title}: `{dataset.kind}`\n\n{dataset.says} {dataset.method}\n"
    text = DICTIONARY.read_text()
    assert head in text
    assert table in text.partition(head)[2].partition("\n## ")[0]


def test_every_kind_of_file_has_a_name_of_its_own():
    assert [own.kind for own in DATASETS.values()] == list(DATASETS)
    for own in DATASETS.values():
        assert len(set(own.header)) == len(own.header)
