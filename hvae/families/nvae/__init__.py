"""All that only NVAE (Vahdat & Kautz 2020) has."""
