"""One file per table format, with its reader and its writer, and what they share."""
