"""Images from noise."""

import numpy as np
from keras import ops

from hvae.deploy.port import Port, block_values, named_blocks
from hvae.export.parts.base import Part
from hvae.inference.latents.latent_encoder import LatentEncoder
from hvae.noise.draws import latent_noise, likelihood_noise


class GeneratePart(Part):
    """The prior, and a sample of p(x|z)."""

    @property
    def inputs(self):
        blocks = len(self.noise_shapes)
        uniforms = self.model.uniform_shapes(1)
        return (
            *self.noise_ports,
            Port(
                "temperature",
                (blocks,),
                "float32",
                "factor on the prior's standard deviations, one for each block",
            ),
            *(
                Port(f"uniforms_{name}", shape[1:], "float32", "uniforms in (0, 1) for p(x|z)")
                for name, shape in uniforms.items()
            ),
            Port(
                "output_temperature",
                (),
                "float32",
                "factor on the noise of p(x|z); 0: the centre of its largest component",
            ),
        )

    @property
    def outputs(self):
        return (self.image_port,)

    def call(self, inputs):
        noise = block_values("noise", inputs)
        temperatures = [
            ops.reshape(inputs["temperature"][:, i], (-1, 1, 1, 1)) for i in range(len(noise))
        ]
        parameters = self.model.top_down(noise, temperature=temperatures).parameters
        uniforms = {name: inputs[f"uniforms_{name}"] for name in self.model.uniform_shapes(1)}
        images = self.model.likelihood.sample(parameters, uniforms, inputs["output_temperature"])
        return {"images": self.as_images(images), "parameters": parameters}

    def inputs_of(self, images, seed):
        # The noise under the prior that images have: the prior decodes it to them.
        return self._inputs(LatentEncoder(self.model)(images, seed).noise, seed)

    def typical_inputs(self, images, seed):
        return self._inputs(latent_noise(self.model, range(len(images)), seed), seed)

    def _inputs(self, noise, seed):
        count = len(noise[0])
        uniforms = likelihood_noise(self.model, range(count), seed)
        return {
            **named_blocks("noise", noise),
            "temperature": np.ones((count, len(noise)), np.float32),
            **{f"uniforms_{name}": values for name, values in uniforms.items()},
            "output_temperature": np.ones(count, np.float32),
        }
