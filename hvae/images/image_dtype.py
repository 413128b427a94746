"""The type that integers of pixels have."""


def image_dtype(levels):
    """`"uint8"` as far as it reaches, else `"int32"`.

    Args:
        levels: number of intensity levels.
    """
    return "uint8" if levels <= 256 else "int32"
