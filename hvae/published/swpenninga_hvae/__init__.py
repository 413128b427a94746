"""What github.com/swpenninga/hvae has published: configurations, and files of its runs."""
