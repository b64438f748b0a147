"""What counts mean. Pure: counts in, frozen values out; no Django, no database, no rounding.

Only numpy and scipy.special are imported: scipy.stats costs over a second at every start.
Every formula has a paragraph, a source and a worked number in docs/methods.md.
"""
