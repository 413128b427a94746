"""What packages say of a GPU."""


def peak_bytes(package):
    """Most memory that a package's tensors have had on the first GPU so far, in this process.

    Args:
        package: its name; it is imported.

    Returns:
        `None` where it has none, or does not say.
    """
    if package == "torch":
        import torch

        return torch.cuda.max_memory_allocated() if torch.cuda.is_available() else None
    if package == "jax":
        import jax

        # Processors have no statistics.
        return (jax.local_devices()[0].memory_stats() or {}).get("peak_bytes_in_use")
    return None
