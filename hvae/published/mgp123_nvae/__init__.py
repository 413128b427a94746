"""What github.com/mgp123/nvae has published."""
