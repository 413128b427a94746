"""Where the numbers of the documentation come from: `python -m benchmarks.NAME`."""
