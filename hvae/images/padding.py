"""Where an image lies in its padded one."""


def margins(padded_size, size):
    """Rows and columns around the image: `[[top, bottom], [left, right]]`.

    Args:
        padded_size: height and width with padding.
        size: height and width of the image.
    """
    pairs = zip(padded_size, size)
    return [[(padded - side) // 2, (padded - side + 1) // 2] for padded, side in pairs]
