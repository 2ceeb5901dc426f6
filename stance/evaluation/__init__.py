"""How good labels are, from arrays; the report."""
