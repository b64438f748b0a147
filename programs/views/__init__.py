"""Pages of what names and promises, one module per kind of page."""
