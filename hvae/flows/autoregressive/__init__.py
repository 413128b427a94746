"""Networks in which a variable sees only those before it; how flows of them are inverted."""
