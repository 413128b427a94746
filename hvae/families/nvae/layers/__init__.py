"""Layers of NVAE (Vahdat & Kautz 2020)."""
