"""What is looked at before anything is done with it, and how messages show it."""
