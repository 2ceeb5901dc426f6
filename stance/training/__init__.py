"""Labelled texts to a model."""
