"""Numbers to labels; the model folder; why a label was given."""
