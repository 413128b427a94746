"""What compression asks of a model, answered by the model itself."""

import keras
import numpy as np
from keras import ops

from hvae.compression.coded_models import check_is_coded, coded_likelihood
from hvae.compression.fingerprint import fingerprint
from hvae.compression.range_table import range_table
from hvae.compression.walks import BlockGaussians, Walks
from hvae.files.checksums import config_checksum, weights_checksum
from hvae.inference.running.compiled_function import CompiledFunction


class KerasWalks(Walks):
    """Walks of an `HVAE`, whose blocks are run one operation after the other.

    Args:
        model: the `HVAE`.

    Raises:
        UserError: as `check_is_coded`.
    """

    def __init__(self, model):
        config = model.config
        check_is_coded(config)
        self.image_size = config.image_size
        self.image_channels = config.image_channels
        self.levels = config.levels
        self.latent_shapes = tuple(shape[1:] for shape in model.noise_shapes(1))
        backend = keras.config.backend()
        self.fingerprint = fingerprint(
            weights_checksum(model),
            config_checksum(config),
            ("keras", backend, f"{backend}-cpu"),
            backend=backend,
        )
        self._model = model
        likelihood = coded_likelihood(config)
        self._range_table = CompiledFunction(model, lambda inputs: range_table(likelihood, *inputs))

    def posterior_walk(self, images, draw):
        return self._walk(len(images), images, [draw] * len(self.latent_shapes))[0]

    def prior_walk(self, count, draw):
        return self._walk(count, None, [draw] * len(self.latent_shapes))[0]

    def gaussians(self, images, latents):
        draws = [lambda _, z=z: z for z in latents]
        return self._walk(len(images), images, draws)[1]

    def range_table(self, parameters, values, channel, span):
        channels, spans = (np.full(len(values), x, "int32") for x in (channel, span))
        return self._range_table.run((parameters, values, channels, spans))

    def _walk(self, count, images, draws):
        """The likelihood's parameters, and the `BlockGaussians` of all blocks."""
        found = []

        def asked(draw):
            def latent(prior, posterior):
                found.append(BlockGaussians(*_arrays(prior), *_arrays(posterior)))
                return ops.convert_to_tensor(draw(found[-1]))

            return latent

        def walk(inputs):
            images = inputs.get("images")
            activations = None if images is None else self._model.bottom_up(images)
            latents = [asked(draw) for draw in draws]
            return self._model.top_down(
                inputs["noise"], activations=activations, latents=latents
            ).parameters

        inputs = {"noise": [np.zeros((count, *s), "float32") for s in self.latent_shapes]}
        if images is not None:
            inputs["images"] = images
        # Not compiled: a draw is no operation of the backend. As in every use of a trained
        # model, nothing is kept for gradients.
        function = CompiledFunction(self._model, walk)
        function.run_eagerly, function.jit_compile = True, False
        return function.run(inputs), found


def _arrays(gaussian):
    if gaussian is None:
        return None, None
    return ops.convert_to_numpy(gaussian.mean), ops.convert_to_numpy(gaussian.log_std)
