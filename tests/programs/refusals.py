"""What is said of a row that may not be."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction


def refused(row):
    """What the row's own check says."""
    with pytest.raises(ValidationError) as error:
        row.full_clean()
    return error.value.messages


def refused_by_both(row):
    """What the constraints say of a row that its own check and the database refuse."""
    assert refused(row)
    with pytest.raises(IntegrityError), transaction.atomic():
        type(row).objects.bulk_create([row])
    with pytest.raises(ValidationError) as error:
        row.validate_constraints()
    return error.value.messages
