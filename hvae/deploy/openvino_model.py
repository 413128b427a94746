"""An exported model in use. Needs nothing but NumPy and OpenVINO."""

import functools
import math
import os
import pathlib
from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from hvae.compression.compressor import Compressed
from hvae.compression.image_files import compress_to, decompress_from
from hvae.deploy.batched_run import batches_of, joined
from hvae.deploy.checked_inputs import checked_inputs
from hvae.deploy.manifest import check_files, read_manifest
from hvae.deploy.openvino_program import OpenVINOProgram, check_settings
from hvae.deploy.openvino_walks import OpenVINOWalks
from hvae.deploy.port import block_values, named_blocks, names_of
from hvae.errors import UserError
from hvae.images.checked_images import checked_images
from hvae.images.image_dtype import image_dtype
from hvae.inference.checked_inputs import check_whole
from hvae.inference.detection.level_rows import posterior_rows
from hvae.inference.generation.temperatures import block_temperatures
from hvae.inference.latents.latents import Latents
from hvae.inference.latents.reconstruction import Reconstruction
from hvae.inference.running.batches import image_numbers
from hvae.noise.draws import latent_noise, likelihood_noise


class Score(NamedTuple):
    """How probable images are, from one posterior sample each."""

    elbo: np.ndarray  # (images,), lower bound of log p(x), nats
    nll: np.ndarray  # (images,), −log p(x|z), nats
    kl: np.ndarray  # (images, blocks), nats, smallest scale first


class OpenVINOModel:
    """A model that `load_model.py RUN export` has written; no Keras needed.

    Image i's noise depends on the seed and i, as everywhere in this package: the numbers
    are those of the model that was exported, for any batch size.

    Args:
        folder: the exported folder, with `manifest.json`.
        device: an OpenVINO device.
        hint: `"latency"`, for one batch at a time, or `"throughput"`, for many images.
        precision: arithmetic of floats: `"f32"`, `"f16"`, `"bf16"`, or `"device"` for
            whatever OpenVINO prefers on the device.
        batch_size: images at a time, where the export leaves it open.

    Raises:
        UserError: if the folder is not an export to OpenVINO, a file is damaged or not the
            one that the manifest describes, or an argument is wrong; if there is no such
            device, when a part is first used.

    Example:
        >>> model = OpenVINOModel("runs/NAME/openvino")
        >>> images = model.generate(16, temperature=0.8, seed=0)  # uint8, (16, 32, 32, 3)
        >>> model.score(images).elbo  # nats
    """

    def __init__(
        self,
        folder: str | os.PathLike,
        device: str = "CPU",
        hint: Literal["latency", "throughput"] = "latency",
        precision: Literal["f32", "f16", "bf16", "device"] = "f32",
        batch_size: int = 16,
    ):
        self.folder = pathlib.Path(folder)
        self.manifest = read_manifest(folder)
        if self.manifest.exported_to != "openvino":
            raise UserError(
                f"{folder} must be an export to openvino. Received: {self.manifest.exported_to}"
            )
        check_whole("batch_size", batch_size, 1)
        check_settings(hint, precision)
        for name, description in self.manifest.parts.items():
            if set(description.files) != {f"{name}.xml", f"{name}.bin"}:
                raise UserError(f"{self.folder}: the files of {name} must be its .xml and .bin")
            check_files(folder, name, description)
        self.batch_size = self.manifest.batch or batch_size
        self._settings = (device, hint, precision)
        self._program = functools.cache(self._compile)

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts that were exported."""
        return tuple(self.manifest.parts)

    def noise_shapes(self, batch_size: int) -> tuple[tuple[int, ...], ...]:
        """Shapes of the standard normal noise of one pass, smallest scale first."""
        return tuple((batch_size, *shape) for shape in self.manifest.noise_shapes)

    def uniform_shapes(self, batch_size: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the uniforms from which p(x|z) is sampled, by name."""
        shapes = self.manifest.uniform_shapes
        return {name: (batch_size, *shape) for name, shape in shapes.items()}

    def generate(
        self,
        num_images: int,
        *,
        temperature: float | Sequence[float] = 1.0,
        seed: int = 0,
        output_temperature: float = 1.0,
        noise: Sequence[np.ndarray] | None = None,
    ) -> np.ndarray:
        """Images drawn from the prior.

        Args:
            num_images: how many.
            temperature: factor on the prior's standard deviations, one for all blocks or
                one for each, smallest scale first.
            seed: seed of the noise.
            output_temperature: factor on the noise of p(x|z).
            noise: the latents' noise, in place of the seed's: one array per block, such as
                the `noise` of `encode`, of which this makes the images again.

        Returns:
            Integers, `(num_images, height, width, channels)`, uint8 for up to 256 levels.

        Raises:
            UserError: if the part was not exported, or an argument is wrong.
        """
        check_whole("num_images", num_images, 1)
        check_whole("seed", seed, 0)
        if not 0.0 <= output_temperature < math.inf:
            raise UserError(
                f"output_temperature: must be at least 0 and finite. Received: {output_temperature}"
            )
        temperatures = block_temperatures(temperature, len(self.manifest.noise_shapes))
        uniforms = likelihood_noise(self, range(num_images), seed)
        inputs = {
            **self._noise(range(num_images), seed, noise),
            "temperature": np.tile(np.float32(temperatures), (num_images, 1)),
            **{f"uniforms_{name}": values for name, values in uniforms.items()},
            "output_temperature": np.full(num_images, output_temperature, np.float32),
        }
        return self.run("generate", inputs)["images"]

    def reconstruct(
        self,
        images: np.ndarray,
        *,
        seed: int = 0,
        noise: Sequence[np.ndarray] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> Reconstruction:
        """Images through the posterior and back.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise.
            noise: the latents' noise, in place of the seed's: one array per block.
            numbers: the images' numbers in their set, on which the seed's noise depends; 0, 1, …
                if left out.

        Returns:
            `Reconstruction`: images and −log p(x|z).

        Raises:
            UserError: as `generate`.
        """
        outputs = self.run("reconstruct", self._image_inputs(images, seed, noise, numbers))
        return Reconstruction(outputs["reconstructions"], outputs["nll"])

    def encode(
        self,
        images: np.ndarray,
        *,
        seed: int = 0,
        noise: Sequence[np.ndarray] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> Latents:
        """The `Latents` of images; arguments and errors as of `reconstruct`."""
        outputs = self.run("encode", self._image_inputs(images, seed, noise, numbers))
        names = {"mean": "mean", "std": "std", "z": "z", "noise": "prior_noise"}
        arrays = {field: block_values(name, outputs) for field, name in names.items()}
        return Latents(**arrays, numbers=image_numbers(numbers, len(images)))

    def score(
        self,
        images: np.ndarray,
        *,
        seed: int = 0,
        noise: Sequence[np.ndarray] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> Score:
        """The `Score` of images; arguments and errors as of `reconstruct`."""
        return Score(**self.run("score", self._image_inputs(images, seed, noise, numbers)))

    def level_bounds(
        self,
        images: np.ndarray,
        counts: Sequence[int],
        *,
        seed: int = 0,
        noise: Sequence[np.ndarray] | None = None,
        numbers: Sequence[int] | None = None,
    ) -> np.ndarray:
        """L^{>k} of images: bounds on log p(x) whose lowest k blocks come from the prior.

        The first less another, L^{>0} − L^{>k}, is large for unusual images (Havtorn et al. 2021).

        Args:
            images, seed, noise, numbers: as of `reconstruct`.
            counts: for each bound its k, 0 to the number of blocks less one.

        Returns:
            Nats, `(images, counts)`, float64.

        Raises:
            UserError: as `generate`.
        """
        rows = posterior_rows(len(self.manifest.noise_shapes), counts)
        inputs = self._image_inputs(images, seed, noise, numbers)
        bounds = np.empty((len(images), len(rows)))
        for column, row in enumerate(rows):
            row = np.tile(row, (len(images), 1))
            outputs = self.run("detect", {**inputs, "from_posterior": row})
            kl = outputs["kl"].sum(axis=-1, dtype=np.float64)
            bounds[:, column] = -outputs["nll"].astype(np.float64) - kl
        return bounds

    def compress(self, images: np.ndarray, path: str | os.PathLike) -> Compressed:
        """Images to a file from which they come back bit for bit.

        Needs the package constriction, and the parts `compress` and `pixels`.

        Args:
            images: integers, `(images, height, width, channels)`.
            path: the file.

        Returns:
            What was written, a `Compressed`: words of 32 bits, and how many bits of them the
            first batch takes.

        Raises:
            UserError: as `generate`; if constriction is missing, or the images do not come back.
        """
        return compress_to(path, self.walks(), images, self.batch_size)

    def decompress(self, path: str | os.PathLike) -> np.ndarray:
        """The images of a file that `compress` wrote, of the same export.

        Raises:
            UserError: if the file is damaged, or was written by another model or program.
        """
        return decompress_from(path, self.walks())

    def walks(self) -> OpenVINOWalks:
        """What `hvae.compression` asks of a model.

        Raises:
            UserError: if one of the parts that it takes was not exported.
        """
        for part in OpenVINOWalks.PARTS:
            self._check_has(part)
        device, _, precision = self._settings

        # Batches as they come: whoever reads a file may have another `batch_size`.
        def run(part, inputs):
            return self._run(part, inputs, _count(inputs))

        return OpenVINOWalks(self.manifest, run, f"{device} {precision}")

    def run(self, part: str, inputs: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
        """Outputs by name of a part.

        Args:
            part: its name.
            inputs: arrays by name, as the manifest describes them, for any number of images.

        Raises:
            UserError: if the part was not exported, or an input is missing, unknown, or of
                another shape or type.
        """
        self._check_has(part)
        inputs = checked_inputs(part, self.manifest.parts[part].inputs, inputs)
        return self._run(part, inputs, min(self.batch_size, _count(inputs)))

    def _run(self, part, inputs, size):
        """Outputs by name, from batches of a size where the export leaves it open."""
        batches = batches_of(inputs, self.manifest.batch or size)
        outputs = joined(self._program(part).stream(batches))
        return {name: outputs[name] for name in names_of(self.manifest.parts[part].outputs)}

    def _check_has(self, part):
        if part not in self.manifest.parts:
            raise UserError(f"{self.folder} has no part {part}; it has {', '.join(self.parts)}")

    def _compile(self, part):
        return OpenVINOProgram(self.folder / f"{part}.xml", *self._settings)

    def _image_inputs(self, images, seed, noise, numbers):
        images = checked_images(images, self.manifest).astype(image_dtype(self.manifest.levels))
        numbers = image_numbers(numbers, len(images))
        return {"images": images, **self._noise(numbers, seed, noise)}

    def _noise(self, numbers, seed, noise):
        check_whole("seed", seed, 0)
        if noise is None:
            noise = latent_noise(self, numbers, seed)
        noise = [np.asarray(block, np.float32) for block in noise]
        expected = self.noise_shapes(len(numbers))
        if [block.shape for block in noise] != list(expected):
            raise UserError(
                f"noise: must be of shape {', '.join(map(str, expected))}. "
                f"Received: {', '.join(str(block.shape) for block in noise)}"
            )
        return named_blocks("noise", noise)


def _count(inputs):
    return len(next(iter(inputs.values())))
