"""From what the user typed to a request, and the terminal in between."""
