"""Training: objective, update, schedules, trainer and its callbacks."""
