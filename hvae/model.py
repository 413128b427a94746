"""The hierarchical VAE."""

import contextlib
import pathlib
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops

from hvae.checks.memory import weights_checked
from hvae.config import ModelConfig
from hvae.configuration.settings import to_dict
from hvae.decoder import Decoder, DecoderOutput
from hvae.encoder import Encoder
from hvae.errors import UserError
from hvae.execution.direct import Direct
from hvae.execution.paused_collector import collector_paused
from hvae.families import get_family
from hvae.fitting import FittingMethods
from hvae.images.checked_images import check_pixels, check_shape_and_dtype
from hvae.images.padding import margins
from hvae.inference.methods import InferenceMethods
from hvae.latents.latent_block import LatentOutput
from hvae.likelihoods import get_likelihood
from hvae.likelihoods.base import sum_over_image
from hvae.noise.keras_draws import draw_noise
from hvae.numerics.units import Reporter

#: In a `.keras` file: the states of the layers' seed generators, int64, (generators, 2).
_DROPOUT_SEEDS = "dropout_seeds.npy"


class HVAEOutput(NamedTuple):
    """What one pass gives for a batch of images."""

    elbo: Any  # (batch,), nats per image
    nll: Any  # (batch,), −log p(x|z), nats per image
    kl: Any  # (batch, blocks), nats per image, smallest scale first
    parameters: Any  # (batch, height, width, num_parameters), the likelihood's
    latents: tuple[LatentOutput, ...]  # one per block, smallest scale first


@keras.saving.register_keras_serializable(package="hvae")
class HVAE(InferenceMethods, FittingMethods, keras.Model):
    """A hierarchical variational autoencoder.

    The model is built when it is made; `keras.utils.set_random_seed` before makes its
    initial weights repeatable.

    Args:
        config: the `ModelConfig` of a family.
        seed: of the noise that the model draws where none is given, an integer.

    Raises:
        UserError: if Keras is set to channels_first.

    Example:
        >>> from hvae.families.vdvae import VDVAEConfig
        >>> model = HVAE(VDVAEConfig(image_size=(8, 8), image_channels=1, levels=17))
        >>> output = model(images)  # images: uint8, (batch, 8, 8, 1)
        >>> output.elbo, output.kl
        >>> model.decode(model.encode(images))  # uint8, (batch, 8, 8, 1)
        >>> model.compile(optimizer="adamax")
        >>> model.fit(images, validation_split=0.1)
    """

    #: The backend's `Devices` that share what is asked of the model, in whose scope it was made;
    #: `None`: one.
    devices = None

    def __init__(self, config: ModelConfig, seed: int = 0, **kwargs: Any):
        super().__init__(**kwargs)
        if not isinstance(config, ModelConfig):
            raise UserError(f"config: must be a ModelConfig. Received: {type(config).__name__}")
        if keras.config.image_data_format() != "channels_last":
            raise UserError(
                "image_data_format: must be channels_last in Keras's configuration. "
                f"Received: {keras.config.image_data_format()}"
            )
        self.config = config
        self.seed = seed
        self.noise_seeds = keras.random.SeedGenerator(seed)
        self.likelihood = get_likelihood(config)
        family = get_family(config, self.dtype_policy)
        # Images must reach the likelihood unrounded, whatever the dtype policy.
        self.autocast = False
        # Building makes thousands of objects that all stay: looking for garbage finds none.
        with collector_paused(), weights_checked():
            self.encoder = Encoder(config, family, dtype=self.dtype_policy)
            self.decoder = Decoder(
                config, family, self.likelihood.num_parameters, dtype=self.dtype_policy
            )
            self.build()

    def build(self, input_shape=None):
        shape = (None, *self.config.padded_size, self.config.image_channels)
        self.encoder.build(shape)
        self.decoder.build(self.encoder.compute_output_shape(shape))
        self.built = True

    @property
    def reporter(self) -> Reporter:
        """Turns nats per image into the unit in which the field quotes such images."""
        return Reporter(self.likelihood.unit, self.config.num_dims)

    def noise_shapes(self, batch_size: int) -> tuple[tuple[int, ...], ...]:
        """Shapes of the standard normal noise of one pass: one per latent block, smallest first."""
        return tuple((batch_size, *s.size, s.z_width) for s in self.config.latent_scales)

    def uniform_shapes(self, batch_size: int) -> dict[str, tuple[int, ...]]:
        """Shapes of the uniforms from which p(x|z) is sampled, by name."""
        return self.likelihood.noise_shapes(batch_size, *self.config.image_size)

    def draw_noise(
        self, batch_size: int, seed: int | keras.random.SeedGenerator | None = None
    ) -> tuple[Any, ...]:
        """Standard normal noise for one pass.

        Args:
            batch_size: images of the pass.
            seed: an integer, or a `keras.random.SeedGenerator`; the model's own, which goes
                on from call to call, if left out.
        """
        seed = self.noise_seeds if seed is None else seed
        return draw_noise(self.noise_shapes(batch_size), seed)

    def __call__(self, images: Any, *args: Any, **kwargs: Any) -> Any:
        check_pixels(images, self.config)
        return super().__call__(images, *args, **kwargs)

    def call(
        self, images: Any, noise: Sequence[Any] | None = None, training: bool | None = None
    ) -> HVAEOutput:
        """ELBO and everything it is made of.

        Args:
            images: integers 0 … levels − 1, `(batch, height, width, channels)`.
            noise: arrays of `noise_shapes`; `draw_noise` draws it if left out.
            training: whether layers normalise by the batch and drop out.

        Returns:
            `HVAEOutput`.

        Raises:
            UserError: if the images have another size, or are not integers, or have pixels out of
                range: these are seen in arrays and tensors, but not in a graph or on a GPU.
        """
        dtype = keras.backend.standardize_dtype(images.dtype)
        check_shape_and_dtype(images.shape, dtype, self.config)
        if noise is None:
            noise = self.draw_noise(ops.shape(images)[0])
        # Given by name: inside `top_down` Keras would not hand it on.
        parameters, latents = self.top_down(
            noise, activations=self.bottom_up(images), training=training
        )
        nll = self.likelihood.nll(parameters, images)
        kl = ops.stack([sum_over_image(latent.kl) for latent in latents], axis=-1)
        return HVAEOutput(-nll - ops.sum(kl, axis=-1), nll, kl, parameters, latents)

    def compute_output_spec(self, images, noise=None, training=None):
        check_shape_and_dtype(images.shape, images.dtype, self.config)
        batch = images.shape[0]

        def tensor(*shape, dtype="float32"):
            return keras.KerasTensor((batch, *shape), dtype=dtype)

        return HVAEOutput(
            elbo=tensor(),
            nll=tensor(),
            kl=tensor(len(self.decoder.blocks)),
            parameters=tensor(
                *self.config.image_size, self.likelihood.num_parameters, dtype=self.compute_dtype
            ),
            latents=tuple(block.posterior_spec(batch) for block in self.decoder.blocks),
        )

    @contextlib.contextmanager
    def executed_by(self, execution: Direct) -> Iterator[None]:
        """Within this context, `execution` runs the blocks: see `hvae.execution`."""
        parts = (self.encoder, self.decoder)
        before = [part.execution for part in parts]
        for part in parts:
            part.execution = execution
        try:
            yield
        finally:
            for part, old in zip(parts, before):
                part.execution = old

    def bottom_up(self, images: Any) -> tuple[Any, ...]:
        """The encoder's activations, one per scale, largest first.

        Args:
            images: integers, as in `call`.
        """
        return self.encoder(self.encoder_input(images))

    def encoder_input(self, images: Any) -> Any:
        """Images padded and scaled, `(batch, padded height, padded width, channels)`."""
        padding = [[0, 0], *self._padding(), [0, 0]]
        padded = ops.pad(ops.cast(images, "int32"), padding)
        mean, std = self.config.input_mean, self.config.input_std
        if std:
            return (ops.cast(padded, "float32") - mean) / std
        return self.likelihood.scale(padded)

    def top_down(
        self,
        noise: Sequence[Any],
        activations: Sequence[Any] | None = None,
        temperature: float | Sequence[Any] = 1.0,
        latents: Sequence[Any] | None = None,
        masks: Sequence[Any] | None = None,
        training: bool | None = None,
    ) -> DecoderOutput:
        """Likelihood parameters and latents, from the posterior, the prior, or both.

        Args:
            noise: arrays of `noise_shapes`.
            activations: those of `bottom_up`; without them all is drawn from the prior.
            temperature: factor on the prior's standard deviations: a number, or one
                for each block.
            latents: for each block a z to use in place of a draw, or `None`.
            masks: for each block 1 for variables to draw from the posterior, or to take
                from `latents`, and 0 for those from the prior, an array that broadcasts
                to the block's noise, or `None`, which is 1 for all.
            training: as in `call`.

        Returns:
            `DecoderOutput`, its parameters `(batch, height, width, num_parameters)`.

        Raises:
            ValueError: if a list has not one entry per block.
        """
        for name, values in (("noise", noise), ("latents", latents), ("masks", masks)):
            if values is not None:
                self._check_count(name, values)
        if isinstance(temperature, (list, tuple)):
            self._check_count("temperature", temperature)
        output = self.decoder(
            noise,
            activations=activations,
            temperature=temperature,
            latents=latents,
            masks=masks,
            training=training,
        )
        return output._replace(parameters=self._crop(output.parameters))

    def _check_count(self, name, values):
        blocks = len(self.config.latent_scales)
        if len(values) != blocks:
            raise ValueError(
                f"{name} needs one entry for each of the {blocks} latent blocks. "
                f"Received: {len(values)}"
            )

    def _padding(self):
        return margins(self.config.padded_size, self.config.image_size)

    def _crop(self, parameters):
        """Takes the padding off: pixels that do not exist have no likelihood."""
        (top, _), (left, _) = self._padding()
        height, width = self.config.image_size
        return parameters[:, top : top + height, left : left + width, :]

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "config": to_dict(self.config), "seed": self.seed}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "HVAE":
        """The model of what `get_config` gave.

        Raises:
            UserError: if its `"config"` has a field that there is not, or a wrong value.
        """
        return cls(**{**config, "config": ModelConfig.from_dict(config["config"])})

    def get_build_config(self):
        """Nothing: the model is built when it is made."""
        return None

    def save(self, filepath, *args, **kwargs):
        """Keras's own; `hvae.save_model` leaves an older file whole if something fails.

        Raises:
            UserError: for an HDF5 file.
        """
        if str(filepath).endswith((".h5", ".hdf5")):
            raise UserError(f"filepath: a model's must end in .keras. Received: {filepath}")
        super().save(filepath, *args, **kwargs)

    def save_assets(self, folder):
        """Keras calls this for a `.keras` file; its own parts leave dropout's seeds out."""
        seeds = [ops.convert_to_numpy(seed) for seed in self._dropout_seeds()]
        if seeds:
            np.save(pathlib.Path(folder, _DROPOUT_SEEDS), np.stack(seeds).astype("int64"))

    def load_assets(self, folder):
        """The counterpart of `save_assets`."""
        seeds = self._dropout_seeds()
        if seeds:
            values = np.load(pathlib.Path(folder, _DROPOUT_SEEDS), allow_pickle=False)
            for seed, value in zip(seeds, values, strict=True):
                seed.assign(value)

    def _dropout_seeds(self):
        return [v for v in self.layer_variables if v.name == "seed_generator_state"]

    @property
    def layer_variables(self) -> list[keras.Variable]:
        """Weights and the states of dropout: all variables but the state of `noise_seeds`."""
        return [v for v in self.variables if v is not self.noise_seeds.state]
