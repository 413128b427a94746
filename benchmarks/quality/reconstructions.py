"""What the models make of test images."""

import numpy as np

from utils.figures.shared.labelled_rows import draw_labelled_rows


def draw_reconstructions(path, results):
    """Test images, and below them a row of reconstructions by each family, of the first seed.

    Args:
        path: the PNG file.
        results: `{set: {family: [results of each seed]}}`, as `training.train` gives them.
    """
    sets = list(results.values())
    families = list(sets[0])
    originals = [of_set[families[0]][0]["originals"] for of_set in sets]
    rows = [originals]
    for family in families:
        rows.append([of_set[family][0]["reconstructions"] for of_set in sets])
    images = np.array([np.concatenate(row) for row in rows], np.uint8)[..., None]
    minutes = sets[0][families[0]][0]["minutes"]
    draw_labelled_rows(
        path,
        images,
        ["binary test images", *families],
        256,
        f"after {minutes:g} minutes on one core: means of p(x|z), z from the posterior",
    )
