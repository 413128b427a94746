"""What github.com/NVlabs/NVAE has published. Its licence is another: none of its code is here."""
