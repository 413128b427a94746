"""Channels scaled and shifted."""
