"""Where the metrics of an epoch are written."""
