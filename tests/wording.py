"""Sentences held word for word."""

import re


def exactly(sentence: str) -> str:
    """The pattern for pytest.raises(match=...) that this sentence alone matches."""
    return rf"\A{re.escape(sentence)}\Z"
