"""Arithmetic that would lose digits as a textbook writes it, and the units of its results."""
