"""One file per table format; each reads parts of a table and writes them."""
