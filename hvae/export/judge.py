"""What the source model thinks of what an exported part gives."""

from keras import ops

from hvae.deploy.batched_run import run_in_batches
from hvae.deploy.port import block_values, named_blocks
from hvae.inference.running.compiled_function import CompiledFunction
from hvae.likelihoods.base import sum_over_image

_BATCH = 16


class Judge:
    """Scores parameters and latents by a model, whoever made them.

    Args:
        model: an `HVAE`.
    """

    def __init__(self, model):
        self.model = model
        self._nll = CompiledFunction(model, self._nll_of)
        self._cost = CompiledFunction(model, self._cost_of)

    def nll(self, parameters, images):
        """−log p(x|z), `(images,)`, nats.

        Args:
            parameters: the likelihood's, `(images, height, width, num_parameters)`.
            images: integers, `(images, height, width, channels)`.
        """
        inputs = {"parameters": parameters, "images": images}
        return run_in_batches(self._nll.run, inputs, _BATCH)["nats"]

    def cost(self, images, z, std):
        """−log p(x, z) − Σ log σ, `(images,)`, nats: −ELBO of a posterior, up to a constant.

        The constant is that of the standard normal noise from which z was drawn; a flow's
        determinant is left out.

        Args:
            images: integers, `(images, height, width, channels)`.
            z: per block `(images, height, width, z_width)`.
            std: σ of the posterior, likewise.
        """
        inputs = {"images": images, **named_blocks("z", z), **named_blocks("std", std)}
        return run_in_batches(self._cost.run, inputs, _BATCH)["nats"]

    def _nll_of(self, inputs):
        return {"nats": self.model.likelihood.nll(inputs["parameters"], inputs["images"])}

    def _cost_of(self, inputs):
        z, std = block_values("z", inputs), block_values("std", inputs)
        parameters, latents = self.model.top_down(z, latents=z)
        nats = self.model.likelihood.nll(parameters, inputs["images"])
        for latent, own_z, own_std in zip(latents, z, std):
            log_ratio = ops.log(own_std) + latent.prior.log_prob(own_z)
            nats = nats - sum_over_image(log_ratio)
        return {"nats": nats}
