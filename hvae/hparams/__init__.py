"""Hyper-parameters of published codebases, as our configurations; without keras."""
