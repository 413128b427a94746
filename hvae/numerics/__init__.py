"""Arithmetic that keeps its digits and converts for any runtime, and the units of results."""
