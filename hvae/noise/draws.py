"""Noise that belongs to an image: the same on every backend, in any batch, and alone.

It follows from three numbers: the seed, the image's number in its set, and the sample's number.
Each image has a generator of its own, so that none is touched by what is drawn for another.
The 412,432 values of an image of `cfg/cifar10.yaml` take a core 7 ms, 1 % of the model's pass.
"""

import concurrent.futures

import numpy as np

# First word of the seeds: the kinds of noise of an image are independent.
_LATENTS, _LIKELIHOOD, _BLOCK, _AUGMENTATION = 0, 1, 2, 3

# Uniforms keep this distance from 0 and 1, where the samplers take logarithms.
_MARGIN = 1e-5

#: With fewer values in all, to start threads takes longer than they gain.
_VALUES_FOR_THREADS = 2**20


def latent_noise(model, numbers, seed, sample=0):
    """Standard normal noise of images for one pass.

    Args:
        model: an `HVAE`, or an `OpenVINOModel`.
        numbers: the images' numbers in their set, e.g. `range(100, 200)`.
        seed: seed of all of them.
        sample: which of several samples of each image this is.

    Returns:
        Per block float32 `(images, height, width, z_width)`, smallest scale first.
    """
    shapes = [shape[1:] for shape in model.noise_shapes(1)]
    return _normal(_LATENTS, shapes, numbers, seed, sample)


def likelihood_noise(model, numbers, seed):
    """Uniforms from which images are sampled, `model.uniform_shapes`; else the same."""
    shapes = {name: shape[1:] for name, shape in model.uniform_shapes(1).items()}

    def fill(rng, arrays):
        for array in arrays:
            array[...] = rng.uniform(_MARGIN, 1.0 - _MARGIN, array.shape)

    return dict(zip(shapes, _filled(fill, _LIKELIHOOD, shapes.values(), numbers, seed)))


def block_noise(model, block, numbers, seed):
    """Standard normal noise for one block in place of its own: `numbers` count the draws.

    Returns:
        float32 `(draws, height, width, z_width)`.
    """
    (noise,) = _normal(_BLOCK, [model.noise_shapes(1)[block][1:]], numbers, seed)
    return noise


def update_noise(shapes, seed, update, rows):
    """Standard normal noise of an update in training, by a counter (Philox, Salmon et al. 2011).

    Args:
        shapes: for each block that of the noise of an image.
        seed: seed of the training.
        update: number of the update.
        rows: places of the images in the batch of all devices, e.g. `range(32)`.

    Returns:
        As `latent_noise`.
    """
    return _filled_by(_fill_normal, shapes, [_of_update(seed, update, r, _LATENTS) for r in rows])


def update_uniforms(count, seed, update, rows):
    """Numbers in [0, 1) for every image of an update, float32 `(images, count)`, likewise."""

    def fill(rng, arrays):
        rng.random(out=arrays[0], dtype=np.float32)

    generators = [_of_update(seed, update, row, _AUGMENTATION) for row in rows]
    return _filled_by(fill, [(count,)], generators)[0]


def _of_update(seed, update, row, kind):
    # The first two words count what is drawn.
    return np.random.Generator(np.random.Philox(key=[seed, kind], counter=[0, 0, row, update]))


def _normal(kind, shapes, numbers, seed, sample=0):
    return _filled(_fill_normal, kind, shapes, numbers, seed, sample)


def _fill_normal(rng, arrays):
    for array in arrays:
        rng.standard_normal(out=array, dtype=np.float32)


def _filled(fill, kind, shapes, numbers, seed, sample=0):
    """Arrays `(images, …)` of the shapes, filled image by image."""
    generators = [np.random.default_rng((kind, seed, number, sample)) for number in numbers]
    return _filled_by(fill, shapes, generators)


def _filled_by(fill, shapes, generators):
    """Arrays `(images, …)` of the shapes, an image by each generator."""
    arrays = tuple(np.empty((len(generators), *shape), np.float32) for shape in shapes)

    def draw(row):
        fill(generators[row], [array[row] for array in arrays])

    if sum(array.size for array in arrays) < _VALUES_FOR_THREADS:
        for row in range(len(generators)):
            draw(row)
    else:  # NumPy lets other threads run while it draws.
        with concurrent.futures.ThreadPoolExecutor() as pool:
            list(pool.map(draw, range(len(generators))))
    return arrays
