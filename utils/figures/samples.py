"""Samples of the model."""

from utils.figures.shared.canvas import figure, show_grid

TEMPERATURES = (0.6, 0.8, 1.0)
ROWS = COLUMNS = 8


def draw_samples(path, generate, levels, seed=0):
    """Unconditional samples, one grid for each temperature.

    Args:
        path: the PNG file.
        generate: a `Generator`.
        levels: number of intensity levels.
        seed: seed of the noise, the same for every temperature.
    """
    with figure(path, 1, len(TEMPERATURES), size=(10.5, 3.9)) as (canvas, axes):
        for axis, temperature in zip(axes[0], TEMPERATURES):
            images = generate(ROWS * COLUMNS, temperature=temperature, seed=seed)
            show_grid(axis, images, levels, COLUMNS)
            axis.set_title(f"temperature {temperature:g}")
        canvas.suptitle(f"samples from the prior ({generate.output} of p(x|z))")
