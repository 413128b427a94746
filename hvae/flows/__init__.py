"""Normalizing flows on the posterior."""
