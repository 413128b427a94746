"""What the configuration needs to know of a family, without building anything."""

ACTIVATIONS = (
    "elu",
    "gelu",
    "leaky_relu",
    "mish",
    "relu",
    "selu",
    "silu",
    "softplus",
    "swish",
    "tanh",
)


class FamilySettings:
    """The fields that a family adds to `ModelConfig`, and what follows from them.

    A subclass is a frozen dataclass of `hvae.configuration.settings.setting` fields. Its
    methods take the whole `ModelConfig`.
    """

    #: Values that `reconstruct_from` may have.
    heads = ("state",)

    @staticmethod
    def check(config):
        """Raises `UserError` if values do not fit each other."""
        raise NotImplementedError

    @staticmethod
    def padded_size(config):
        """`(height, width)` of the images after padding, which every scale divides."""
        raise NotImplementedError

    @staticmethod
    def scales(config):
        """The `Scale`s at which encoder and decoder meet, from the largest to the smallest."""
        raise NotImplementedError
