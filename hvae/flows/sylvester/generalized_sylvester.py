"""The generalised Sylvester step."""

import keras
from keras import ops

from hvae.flows.autoregressive.autoregressive_residual import AutoregressiveResidual
from hvae.flows.autoregressive.fixed_point import fixed_point
from hvae.flows.base import Flow, FlowOutput
from hvae.flows.composition.flow_sequence import FlowSequence
from hvae.flows.linear.convolution_exponential import ConvolutionExponential
from hvae.flows.linear.householder_convolution import HouseholderConvolution


@keras.saving.register_keras_serializable(package="hvae")
class GeneralizedSylvester(Flow):
    """z' = z + Q⁻¹ f(Q z) with f autoregressive and Q a linear mixing of all variables.

    With v = Q z this is v' = v + f(v), whose Jacobian is triangular:

    log|det ∂z'/∂z| = Σ log(1 + ∂f_i/∂v_i).

    Q is an orthogonal 1×1 convolution followed by the exponential of a convolution; its own
    determinant cancels. The step starts as the identity, as f starts as 0.

    Args:
        hidden_channels: channels of f's convolutions.
        kernel_size: side of the kernels, odd, pixels.
        spectral_norm: see `AutoregressiveResidual`. Q's kernel is held in any case.

    Input and output shape: `(batch, height, width, channels)`.

    Reference:
        Hoogeboom et al. 2020, Section 4.
    """

    #: Times n variables: steps in which halving reaches what float32 resolves of each.
    halvings = 24

    def __init__(self, hidden_channels, kernel_size=3, spectral_norm=True, **kwargs):
        super().__init__(**kwargs)
        self.hidden_channels = hidden_channels
        self.kernel_size = kernel_size
        self.spectral_norm = spectral_norm
        self.mixing = FlowSequence([HouseholderConvolution(), ConvolutionExponential(kernel_size)])
        self.residual = AutoregressiveResidual(
            hidden_channels, kernel_size, spectral_norm, dtype="float32"
        )

    def build(self, input_shape):
        self.mixing.build(input_shape)
        self.residual.build(input_shape)

    def call(self, z, context=None):
        mix, unmix = self._mixing_maps()
        residual, slope = self.residual(mix(z))
        return FlowOutput(z + unmix(residual), _log_det(slope))

    def inverse(self, z, context=None):
        """The latent that `call` takes to z, and log|det| of the way back.

        v = v' − f(v) by iteration. A variable whose predecessors are right comes closer to
        its own value by half with each step, since |∂f_i/∂v_i| ≤ ½.
        """
        (mix, unmix), output = self._mixing_maps(), self.residual.map()
        after = mix(z)
        before = fixed_point(lambda v: after - output(v).residual, after, self.halvings)
        residual, slope = output(before)
        return FlowOutput(z - unmix(residual), -_log_det(slope))

    def _mixing_maps(self):
        """Functions z → Q z and v → Q⁻¹ v; for both Q's kernels are computed once."""
        (turn, turn_back), (spread, gather) = (flow.maps() for flow in self.mixing.flows)
        return lambda z: spread(turn(z)), lambda v: turn_back(gather(v))

    def get_config(self):
        return {
            **super().get_config(),
            "hidden_channels": self.hidden_channels,
            "kernel_size": self.kernel_size,
            "spectral_norm": self.spectral_norm,
        }


def _log_det(slope):
    return ops.sum(ops.log1p(slope), axis=(1, 2, 3))
