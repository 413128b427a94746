"""Export of a model: parts written, verified, described."""

import os
import pathlib
import tempfile
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

import keras
import numpy as np

import hvae
from hvae.deploy.manifest import Manifest, PartDescription, file_checksum, write_manifest
from hvae.errors import UserError
from hvae.export.formats import get_format
from hvae.export.parts import PARTS, parts_of
from hvae.export.program import Program
from hvae.export.target import check_target
from hvae.export.verification import Verification, refuse_differences, refuse_loss
from hvae.files.atomic import replacing_folder
from hvae.files.checksums import config_checksum, weights_checksum
from hvae.files.versions import installed_versions
from hvae.images.checked_images import checked_images
from hvae.training.display import Display

if TYPE_CHECKING:
    from hvae.model import HVAE

_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "openvino", "nncf", "tf2onnx", "numpy")


class Exporter:
    """Writes a model as programs that run without Keras.

    Args:
        model: an `HVAE`, under the TensorFlow backend.
        format: one of `FORMATS.names()`.
        precision: `"fp32"`; to OpenVINO also `"fp16"` or `"int8"`.
        batch: images of a batch; `None` for any number.
        max_bits_lost: below fp32: bits/dim that an image may lose on average.
        seed: seed of the noise of verification and calibration.
        display: a `Display`.

    Raises:
        UserError: if an argument is wrong, a package is missing, or another backend is in
            use: JAX's graphs do not convert.
    """

    def __init__(
        self,
        model: "HVAE",
        format: str = "openvino",
        precision: Literal["fp32", "fp16", "int8"] = "fp32",
        batch: int | None = None,
        max_bits_lost: float = 0.02,
        seed: int = 0,
        display: Display | None = None,
    ):
        if keras.config.backend() != "tensorflow":
            raise UserError(
                "export runs under the backend tensorflow, whichever trained. "
                f"Received: {keras.config.backend()}"
            )
        if batch is not None and batch < 1:
            raise UserError(f"batch: must be at least 1, or dynamic. Received: {batch}")
        self.model = model
        self.format_name = format
        self.format = get_format(format, precision)
        self.precision = precision
        self.batch = batch
        self.max_bits_lost = max_bits_lost
        self.seed = seed
        self.display = display or Display()

    def __call__(
        self,
        folder: str | os.PathLike,
        images: np.ndarray,
        parts: Sequence[str] | None = None,
        calibration: np.ndarray | None = None,
    ) -> Manifest:
        """Export.

        Args:
            folder: where to; an export that is there is replaced, when all parts are done.
            images: integers, `(images, height, width, channels)`, for verification.
            parts: names of the parts; all that there are of this model by default.
            calibration: images for int8, such as those of training.

        Returns:
            The `Manifest` that was written.

        Raises:
            UserError: if the folder is something else, the model has no such part, one differs
                from its source in fp32 or loses too much below, or a file cannot be written.
                What was there stays.
        """
        folder = check_target(folder)
        images = checked_images(images, self.model.config)
        if self.precision == "int8":
            if calibration is None:
                raise UserError("calibration: int8 needs images. Received: none")
            calibration = checked_images(calibration, self.model.config)
        names = parts_of(self.model.config) if parts is None else dict.fromkeys(parts)
        for name in names:
            PARTS[name].check(self.model.config)
        parts = [PARTS[name](self.model) for name in names]
        with replacing_folder(folder) as new:
            described = {part.name: self._export(part, new, images, calibration) for part in parts}
            manifest = self._manifest(described)
            write_manifest(new, manifest)
        return manifest

    def _export(self, part, folder, images, calibration):
        if self.precision == "int8":
            # Noise that verification does not see.
            calibration = part.typical_inputs(calibration, self.seed + 1)
        program = Program(part, self.batch, with_parameters=self.format.has_parameters)
        verification = Verification(part, images, self.seed, self.batch)
        before = set(_files(folder))
        with tempfile.TemporaryDirectory() as whole:
            whole = pathlib.Path(whole)
            with self.display.waiting(f"{part.name}: converting"):
                self.format.write(program, whole, calibration)
            with self.display.waiting(f"{part.name}: comparing"):
                facts = self._facts(verification, self.format.load(whole, part.name))
            self.format.publish(whole, folder, part.name)
        if self.format.has_parameters:
            # It was published without them: another program.
            with self.display.waiting(f"{part.name}: comparing what is published"):
                run = self.format.load(folder, part.name)
                facts["differences"] |= self._differences(verification, run)
        files = {
            path.relative_to(folder).as_posix(): file_checksum(path)
            for path in sorted(set(_files(folder)) - before)
        }
        return PartDescription(files, part.inputs, part.outputs, facts)

    def _facts(self, verification, run):
        """How far a part is from its source, for the manifest."""
        facts = {
            "images": verification.num_compared,
            "seed": self.seed,
            "differences": self._differences(verification, run),
        }
        if self.precision == "fp32":
            return facts
        lost = verification.bits_lost(run)
        refuse_loss(verification.part.name, self.precision, lost, self.max_bits_lost)
        num_images = len(verification.images)
        return facts | {"bits_per_dim_lost": lost, "bits_per_dim_lost_images": num_images}

    def _differences(self, verification, run):
        differences = verification.differences(run)
        if self.precision == "fp32":
            refuse_differences(verification.part, differences)
        return differences

    def _manifest(self, parts):
        config = self.model.config
        return Manifest(
            exported_to=self.format_name,
            precision=self.precision,
            batch=self.batch,
            config_sha256=config_checksum(config),
            weights_sha256=weights_checksum(self.model),
            image_size=config.image_size,
            image_channels=config.image_channels,
            levels=config.levels,
            noise_shapes=tuple(shape[1:] for shape in self.model.noise_shapes(1)),
            uniform_shapes={n: s[1:] for n, s in self.model.uniform_shapes(1).items()},
            likelihood=config.likelihood,
            versions={"hvae": hvae.__version__, **installed_versions(_PACKAGES)},
            parts=parts,
        )


def _files(folder):
    return (path for path in folder.rglob("*") if path.is_file())
