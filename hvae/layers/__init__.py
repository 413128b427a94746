"""Deterministic layers."""
