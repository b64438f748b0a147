"""Files of breakdowns: a row is a part of a stored report, such as the births of girls.

They are read by what reads files of reports (`finding.py` names the category of a row), held
against the reports they are parts of (`judging.py`), told (`explaining.py`, `noticing.py`,
`telling.py`), stored with a version of each report (`writing.py`), and undone (`undoing.py`).
"""
