"""What has to be the same where a file is written and where it is read."""

import platform

from hvae.files.versions import installed_versions


def fingerprint(weights_sum, config_sum, packages, **others):
    """Model, program and machine, as plain values by name.

    Other programs and processors round otherwise: their z would be another's.

    Args:
        weights_sum, config_sum: SHA-256 of the model's weights and configuration.
        packages: that compute, beside those that code.
        others: what else counts, texts by name.
    """
    return {
        "model": f"{weights_sum} {config_sum}",
        **others,
        **installed_versions(("numpy", "constriction", *packages)),
        "machine": platform.machine(),
    }
