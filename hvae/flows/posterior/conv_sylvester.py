"""Convolutional Sylvester flow over several resolutions."""

import keras
from keras import ops

from hvae.configuration.per_scale import of_scale
from hvae.flows.affine.act_norm import ActNorm
from hvae.flows.affine.affine_coupling import AffineCoupling
from hvae.flows.base import Flow
from hvae.flows.composition.flipped import Flipped
from hvae.flows.composition.flow_sequence import FlowSequence
from hvae.flows.composition.split import Split
from hvae.flows.composition.squeezed import Squeezed
from hvae.flows.sylvester.generalized_sylvester import GeneralizedSylvester


@keras.saving.register_keras_serializable(package="hvae")
class ConvolutionalSylvesterFlow(Flow):
    """Stages of: squeeze → (ActNorm → Sylvester step → flip) × n → coupling → split.

    Half of the channels leaves at a split; the other half is the next stage's latent. At
    the end every variable is put back to where it came from, unsqueezed and not flipped.
    A stage squeezes if both sides are even, and another follows if it could squeeze too: the
    last one, at 1×1 or an odd size, has no split. One channel has no coupling either. It all
    starts as the identity.

    Args:
        size: `(height, width)` of the latent, pixels.
        channels: channels of the latent.
        hidden_channels: channels of the convolutions.
        steps_per_stage: n.
        split_first: whether half of the channels leaves before the first stage; of an odd
            number the smaller part.
        stage_limit: largest number of stages; 0 for no limit.
        spectral_norm: see `GeneralizedSylvester`.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Hoogeboom et al. 2020; the order of the parts as in HVAE's README.
    """

    def __init__(
        self,
        size,
        channels,
        hidden_channels=128,
        steps_per_stage=1,
        split_first=False,
        stage_limit=3,
        spectral_norm=True,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.size = tuple(size)
        self.channels = channels
        self.hidden_channels = hidden_channels
        self.steps_per_stage = steps_per_stage
        self.split_first = split_first
        self.stage_limit = stage_limit
        self.spectral_norm = spectral_norm
        if split_first and channels > 1:
            self.flow = Split(self._stage(self.size, channels - channels // 2, number=1))
        else:
            self.flow = self._stage(self.size, channels, number=1)

    @classmethod
    def from_model_config(cls, config, scale):
        return cls(
            scale.size,
            scale.z_width,
            hidden_channels=of_scale(config.convsylv_channels, scale.index),
            steps_per_stage=of_scale(config.convsylv_flows_per_stage, scale.index),
            split_first=bool(of_scale(config.convsylv_splitfirst, scale.index)),
            stage_limit=of_scale(config.convsylv_stage_limit, scale.index),
            spectral_norm=config.spectral_norm,
        )

    def build(self, input_shape):
        self.flow.build((input_shape[0], *self.size, self.channels))

    def call(self, z, context=None):
        return self.flow(z, context=context)

    def inverse(self, z, context=None):
        return self.flow.inverse(ops.cast(z, "float32"), context=context)

    def _stage(self, size, channels, number):
        """The `Flow` of a stage and, inside it, of all that follow."""
        squeezes = _can_squeeze(size)
        if squeezes:
            size, channels = (size[0] // 2, size[1] // 2), 4 * channels
        kernel_size = 1 if size == (1, 1) else 3
        ending = [AffineCoupling(self.hidden_channels, kernel_size)] if channels > 1 else []
        if _can_squeeze(size) and number != self.stage_limit:
            ending.append(Split(self._stage(size, channels - channels // 2, number + 1)))
        flow = FlowSequence(ending)
        for _ in range(self.steps_per_stage):
            step = GeneralizedSylvester(self.hidden_channels, kernel_size, self.spectral_norm)
            flow = FlowSequence([ActNorm(), step, Flipped(flow)])
        return Squeezed(flow) if squeezes else flow

    def get_config(self):
        return {
            **super().get_config(),
            "size": self.size,
            "channels": self.channels,
            "hidden_channels": self.hidden_channels,
            "steps_per_stage": self.steps_per_stage,
            "split_first": self.split_first,
            "stage_limit": self.stage_limit,
            "spectral_norm": self.spectral_norm,
        }


def _can_squeeze(size):
    return size[0] % 2 == 0 and size[1] % 2 == 0
