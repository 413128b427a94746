"""Making and using a run: what the two scripts and the two commands here do."""
