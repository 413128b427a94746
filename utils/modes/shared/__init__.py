"""What several modes share: their flags, and what they mean."""
