"""A comment's text to numbers."""
