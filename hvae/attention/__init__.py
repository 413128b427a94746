"""Attention across the depth of the hierarchy."""
