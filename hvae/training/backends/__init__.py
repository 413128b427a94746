"""What belongs to one backend: a gradient, a compiled step, devices."""
