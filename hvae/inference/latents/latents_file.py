"""Latents of images as a file that says what it holds.

An uncompressed `.npz`, which `numpy.load` opens:

    description       JSON: format and version, checksums of the model's configuration and
                      weights, images, seed, share of the variables kept, and for each block
                      its scale, shape `(height, width, z_width)` and number of kept variables;
                      the images' numbers in their set, if they are not 0, 1, …
    block_00_mean …   mean of q, before a flow
    block_00_std …    standard deviation of q, before a flow
    block_00_z …      the sample of q, after a flow
    block_00_noise …  (z − μ_p)/σ_p, with the prior's mean and standard deviation at this z
    block_00_mask …   only in a pruned file: bool `(height, width, z_width)`

Blocks count from the smallest scale. Arrays are float32, `(images, height, width, z_width)`;
in a pruned file `(images, kept)`, the variables where the mask is true, in its order.
"""

import json
import math
import pathlib
import tempfile
import zipfile

import numpy as np

from hvae.checks.paths import given_path
from hvae.errors import UserError
from hvae.files.array_members import copy_array
from hvae.files.atomic import replacing, temporary_path, writing
from hvae.files.checksums import config_checksum, weights_checksum
from hvae.inference.latents.latents import ARRAYS, Latents
from hvae.inference.running.batches import image_numbers

FORMAT, VERSION = "hvae latents", 1
_TYPE = np.dtype("<f4")
_DESCRIPTION = "description"
#: Bytes of the longest description: the numbers of ten million images.
_LONGEST = 400_000_000


class LatentsWriter:
    """Writes a file of latents; holds one batch of them in memory.

    Until the end, the arrays grow in a temporary folder beside the file. An interruption
    ends the file early: it holds the images that were finished.

    Args:
        path: the `.npz` file.
        model: the `HVAE` that encoded.
        seed: seed of the noise.
        masks: those of encoding, for a pruned file, or `None`.
        quantile: the share of the variables that they keep.
        images_name: what the images are.

    Example:
        >>> with LatentsWriter("latents.npz", model, seed=0) as writer:
        ...     for latents in LatentEncoder(model).batches(images):
        ...         writer.add(latents)
    """

    def __init__(self, path, model, seed, masks=None, quantile=None, images_name=""):
        self.path = pathlib.Path(path)
        self.masks = masks
        self.shapes = [shape[1:] for shape in model.noise_shapes(1)]
        self.images = 0
        self._numbers = []
        kept = [int(np.sum(m)) for m in masks] if masks else [int(np.prod(s)) for s in self.shapes]
        self.description = {
            "format": FORMAT,
            "version": VERSION,
            "config_sha256": config_checksum(model.config),
            "weights_sha256": weights_checksum(model),
            "images_name": images_name,
            "seed": seed,
            "pruned": masks is not None,
            "mask_quantile": quantile,
            "blocks": [
                {"scale": str(scale), "shape": list(shape), "kept": count}
                for scale, shape, count in zip(model.config.latent_scales, self.shapes, kept)
            ],
        }

    def __enter__(self):
        prefix = temporary_path(self.path).name
        with writing(self.path):
            self._folder = tempfile.TemporaryDirectory(prefix=prefix, dir=self.path.parent)
        return self

    def add(self, latents):
        """Append a batch of `Latents`.

        Raises:
            UserError: if the disk is full.
        """
        for name in ARRAYS:
            for i, values in enumerate(getattr(latents, name)):
                values = values if self.masks is None else values[:, self.masks[i]]
                with writing(self.path), open(self._part(i, name), "ab") as file:
                    file.write(np.ascontiguousarray(values, _TYPE).data)
        self._numbers.extend(image_numbers(latents.numbers, latents.num_images).tolist())
        self.images += latents.num_images

    def __exit__(self, kind, error, trace):
        try:
            if self.images and (kind is None or issubclass(kind, KeyboardInterrupt)):
                self._finish()
        finally:
            self._folder.cleanup()

    def _part(self, block, name):
        return pathlib.Path(self._folder.name, _member(block, name))

    def _finish(self):
        description = {**self.description, "images": self.images}
        if self._numbers != list(range(self.images)):
            description["numbers"] = self._numbers
        with replacing(self.path) as temporary, zipfile.ZipFile(temporary, "w") as archive:
            _write(archive, _DESCRIPTION, np.array(json.dumps(description)))
            for i, block in enumerate(description["blocks"]):
                if self.masks is not None:
                    _write(archive, _member(i, "mask"), np.asarray(self.masks[i], bool))
                for name in ARRAYS:
                    self._copy(archive, i, name, (self.images, *_stored_shape(description, block)))

    def _copy(self, archive, block, name, shape):
        part = self._part(block, name)
        with open(part, "rb") as file:
            copy_array(archive, part.name, file, _TYPE, shape)
        part.unlink()


def read_latents(path, model, arrays=ARRAYS):
    """Read a file of latents.

    Args:
        path: the file.
        model: the `HVAE` that is to decode them.
        arrays: which of `ARRAYS` to read; the others become `None`.

    Returns:
        `Latents`; of a pruned file, what was not kept is 0.

    Raises:
        UserError: if there is no such file, it is damaged, or another model wrote it.
    """
    path = given_path("path", path)
    if not path.is_file():
        raise UserError(f"no such file of latents: {path}")
    try:
        with zipfile.ZipFile(path) as archive:
            description = json.loads(str(_read(archive, _DESCRIPTION)))
            _check_model(path, description, model)
            return _read_blocks(archive, description, model, arrays)
    except UserError:
        raise
    except Exception as error:  # what a made-up archive makes of the readers is anything
        # Of these, the message says something to people.
        is_clear = isinstance(error, (OSError, ValueError, zipfile.BadZipFile))
        reason = f" ({' '.join(str(error).partition(';')[0].split())[:200]})" if is_clear else ""
        raise UserError(f"{path} is damaged or not a file of latents{reason}") from error


def _check_model(path, description, model):
    if (description["format"], description["version"]) != (FORMAT, VERSION):
        raise UserError(
            f"{path}: must be {FORMAT!r}, version {VERSION}. "
            f"Received: {description['format']!r}, version {description['version']}"
        )
    if description["config_sha256"] != config_checksum(model.config):
        scales = ", ".join(block["scale"] for block in description["blocks"])
        raise UserError(
            f"{path} belongs to a model of another configuration, with latents of {scales}"
        )
    if description["weights_sha256"] != weights_checksum(model):
        raise UserError(
            f"{path} belongs to other weights of such a model; decode with those that encoded "
            "(--weights, --moment)"
        )


def _read_blocks(archive, description, model, arrays):
    shapes = [shape[1:] for shape in model.noise_shapes(1)]
    masks = None
    if description["pruned"]:
        masks = tuple(_read(archive, _member(i, "mask"), s) for i, s in enumerate(shapes))
    blocks = {name: [] for name in arrays}
    for i, block in enumerate(description["blocks"]):
        shape = (description["images"], *_stored_shape(description, block))
        for name in arrays:
            values = _read(archive, _member(i, name), shape)
            if masks is not None:
                full = np.zeros((len(values), *shapes[i]), np.float32)
                full[:, masks[i]] = values
                values = full
            blocks[name].append(values)
    read = {name: tuple(blocks[name]) if name in blocks else None for name in ARRAYS}
    numbers = image_numbers(description.get("numbers"), description["images"])
    return Latents(**read, masks=masks, numbers=numbers)


def _stored_shape(description, block):
    return (block["kept"],) if description["pruned"] else tuple(block["shape"])


def _member(block, name):
    return f"block_{block:02d}_{name}"


def _write(archive, name, array):
    with archive.open(f"{name}.npy", "w") as member:
        np.lib.format.write_array(member, array, allow_pickle=False)


def _read(archive, name, shape=()):
    # What the array says of itself is looked at before memory is taken for it.
    with archive.open(f"{name}.npy") as member:
        np.lib.format.read_magic(member)
        said, _, dtype = np.lib.format.read_array_header_1_0(member)
    if said != tuple(shape):
        raise ValueError(f"{name}: must have shape {tuple(shape)}, has {said}")
    size = archive.getinfo(f"{name}.npy").file_size
    if math.prod(said) * dtype.itemsize > size or (name == _DESCRIPTION and size > _LONGEST):
        raise ValueError(f"{name}: has more values than the file")
    with archive.open(f"{name}.npy") as member:
        return np.lib.format.read_array(member, allow_pickle=False)
