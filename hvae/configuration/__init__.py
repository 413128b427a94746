"""What configurations are made of: fields that check themselves, and scales."""
