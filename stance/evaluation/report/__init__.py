"""The report of an evaluation: Markdown, one HTML page, JSON."""
