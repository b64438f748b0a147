"""Saving a row together with its sites, as one version of its history."""


def save_with_sites(row, sites, *, by, why, named="sites"):
    """Save a row and which sites it names, and return it. The library by itself records a
    version for the row, and further ones for the sites.

    named : the field that names them
    """
    is_new = row.pk is None
    row.save_without_historical_record()
    row.skip_history_when_saving = True
    try:
        getattr(row, named).set(sites)
    finally:
        del row.skip_history_when_saving
    save(row, by=by, why=why)
    if is_new:
        row.history.update(history_type="+")
    return row


def save(row, *, by, why):
    """Save a row, and say in its history who did, and why."""
    row._history_user, row._change_reason = by, why
    row.save()
    return row
