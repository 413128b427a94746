"""Weights by their places in a Keras `.weights.h5` file."""

from hvae.published.state_dict import StateDict

_FIRST = "encoder/first_conv/vars/0"


class KerasWeights(StateDict):
    """Arrays by the path of their layer; keeps account of which were used.

    Kernels are HWIO there as here, and `vars/0`; biases are `vars/1`.

    Args:
        tensors: paths, as `encoder/first_conv/vars/0`, and arrays.
    """

    def __init__(self, tensors):
        # A checkpoint of its training has the model inside, and Keras's versions differ in where;
        # the rest is the training's.
        found = (name[: -len(_FIRST)] for name in tensors if name.endswith(_FIRST))
        inside = next(found, "")
        of_model = {name.removeprefix(inside): value for name, value in tensors.items()}
        super().__init__(
            {
                name: value
                for name, value in of_model.items()
                if name.startswith(("encoder/", "decoder/")) and "/seed_gen/" not in name
            }
        )

    def assign_convolution(self, name, layer):
        self.assign(f"{name}/vars/0", layer.kernel)
        self.assign(f"{name}/vars/1", layer.bias)

    def assign_map(self, name, variable):
        self.assign(f"{name}/vars/0", variable)
