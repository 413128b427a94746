"""What a part of a model has to provide."""

import abc
import functools

from keras import ops

from hvae.deploy.port import Port, block_ports, block_values, named_blocks
from hvae.export.judge import Judge
from hvae.images.image_dtype import image_dtype
from hvae.noise.draws import latent_noise


class Part(abc.ABC):
    """A function of a model, from integers and noise to integers and nats; named like its file.

    Nothing in it is random, so that any runtime gives the same numbers.

    Args:
        model: an `HVAE`.
    """

    def __init__(self, model):
        self.model = model

    @classmethod
    def check(cls, config):
        """Refuse models that have no such part.

        Args:
            config: the `ModelConfig`.

        Raises:
            UserError: names the setting.
        """
        return None  # of any model, by default

    @property
    def name(self):
        """The file's name."""
        return type(self).__module__.rpartition(".")[-1]

    @property
    def inputs(self):
        """The `Port`s that it takes; images and the noise of every block, unless it says so."""
        return (self.image_port, *self.noise_ports)

    @property
    @abc.abstractmethod
    def outputs(self):
        """The `Port`s that it gives."""

    @abc.abstractmethod
    def call(self, inputs):
        """Compute.

        Args:
            inputs: tensors by the names of `inputs`.

        Returns:
            Tensors by the names of `outputs`; also `parameters`, those of the likelihood, if
            `outputs` holds images: no number says how good an image is.
        """

    def inputs_of(self, images, seed):
        """Inputs by name from which the part makes, or scores, given images.

        Args:
            images: integers, `(images, height, width, channels)`.
            seed: seed of the noise.
        """
        noise = latent_noise(self.model, range(len(images)), seed)
        images = images.astype(self.image_port.dtype)
        return {"images": images, **named_blocks("noise", noise)}

    def typical_inputs(self, images, seed):
        """Inputs by name such as the part meets in use; for calibration."""
        return self.inputs_of(images, seed)

    def loss_nats(self, images, source, exported):
        """What an image loses where the exported part takes the place of the source.

        By default what −log p(x|z) rises by, for parts that give `parameters`.

        Args:
            images: the images of `inputs_of`.
            source: outputs of the source by name.
            exported: outputs of the exported part.

        Returns:
            `(images,)`, nats.
        """
        nll = self.judge.nll
        return nll(exported["parameters"], images) - nll(source["parameters"], images)

    @functools.cached_property
    def judge(self):
        """What the source model thinks of what an exported part gives."""
        return Judge(self.model)

    @property
    def image_port(self):
        """Images, in or out."""
        return self.images_of_levels("images", self.model.config.levels)

    def images_of_levels(self, name, levels):
        """A port of images that have these many levels."""
        config = self.model.config
        top = levels - 1
        return Port(
            name,
            (*config.image_size, config.image_channels),
            image_dtype(levels),
            f"pixels, integers 0 to {top}; scaling is part of the graph",
        )

    @property
    def noise_shapes(self):
        """`(height, width, z_width)` of every block."""
        return [shape[1:] for shape in self.model.noise_shapes(1)]

    @property
    def noise_ports(self):
        """The noise that every block needs."""
        return block_ports("noise", self.noise_shapes, "standard normal noise")

    def posterior_walk(self, inputs):
        """The `DecoderOutput` of images and noise."""
        activations = self.model.bottom_up(inputs["images"])
        return self.model.top_down(block_values("noise", inputs), activations=activations)

    def as_images(self, values):
        """Images on the likelihood's scale as integers."""
        integers = self.model.likelihood.unscale(values)
        return ops.cast(integers, self.image_port.dtype)
