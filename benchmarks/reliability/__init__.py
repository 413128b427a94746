"""What the two commands withstand: attacks, and a table of what held."""
