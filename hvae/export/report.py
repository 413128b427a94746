"""What an export says of itself, for people."""


def verification_line(name, description):
    """A part's verification in one line, for people.

    Args:
        name: of the part.
        description: its `PartDescription`.
    """
    facts = description.verification
    images = [port.name for port in description.outputs if port.dtype != "float32"]
    differences = facts["differences"].items()
    floats = [x for name, x in differences if name not in images]
    pixels = [x for name, x in differences if name in images]
    texts = [f"{max(floats):.1e} of the model's numbers"] if floats else []
    texts += [f"{100 * max(pixels):.2g} % of the pixels"] if pixels else []
    line = f"{name}: off by {' and '.join(texts)}"
    if "bits_per_dim_lost" in facts:
        line += f"; {facts['bits_per_dim_lost']:.4f} bits/dim lost"
    return line
