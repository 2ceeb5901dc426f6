"""Why a label was given: a decision as a sum of named parts."""
