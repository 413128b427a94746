"""Where the numbers of the README come from: `python -m benchmarks.NAME`."""
