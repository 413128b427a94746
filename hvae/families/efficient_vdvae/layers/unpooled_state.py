"""The state of a top level that unpools."""

import keras

from hvae.layers.chain import build_chain, call_chain
from hvae.layers.initial_state import InitialState


@keras.saving.register_keras_serializable(package="hvae")
class UnpooledState(InitialState):
    """A learned state of fewer pixels, brought to a level's size, plus one of that size.

    Args:
        height, width, channels: shape of the level's state.
        stride: how many times smaller the learned state is.
        unpool: layers, in order, from it to the level.
        initial_range: the smaller state starts uniform in ± this; the other is zero.

    Reference:
        Hazami et al. 2022, the published code's first top-down level where its stride is not 1.
    """

    def __init__(self, height, width, channels, stride, unpool, initial_range=0.0, **kwargs):
        super().__init__(height, width, channels, **kwargs)
        self.stride = stride
        self.unpool = unpool
        self.smaller = InitialState(
            height // stride,
            width // stride,
            channels,
            initial_range=initial_range,
            dtype=self.dtype_policy,
        )

    def build(self, input_shape=None):
        self.smaller.build()
        if not self.unpool[0].built:  # it is, when it comes from a configuration
            build_chain(self.unpool, (None, *self.smaller.state.shape[1:]))
        super().build(input_shape)

    def start(self, like):
        return super().start(like) + call_chain(self.unpool, self.smaller.state.value)

    def get_config(self):
        config = super().get_config()
        return {
            **{name: config[name] for name in config if name != "learned"},
            "stride": self.stride,
            "unpool": [keras.saving.serialize_keras_object(layer) for layer in self.unpool],
            "initial_range": self.smaller.initial_range,
        }

    @classmethod
    def from_config(cls, config):
        unpool = [keras.saving.deserialize_keras_object(layer) for layer in config.pop("unpool")]
        return cls(**config, unpool=unpool)
