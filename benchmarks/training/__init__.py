"""How soon and how fast a model trains, and with how much memory, beside plain PyTorch."""
