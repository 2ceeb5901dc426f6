"""Many rows through a model, batch by batch; a killed run resumes."""
