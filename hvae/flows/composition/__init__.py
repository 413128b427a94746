"""Flows made of other flows."""
