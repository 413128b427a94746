"""A package, so that no other `tests` that something installs is found in its place."""
