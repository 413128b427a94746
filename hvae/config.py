"""What to build: the configuration of a model."""

import dataclasses
import functools
import math

from hvae.attention.settings import AttentionSettings
from hvae.errors import UserError
from hvae.families import family_names
from hvae.flows.settings import FlowSettings
from hvae.likelihoods import likelihood_names
from hvae.scale import Scale
from hvae.settings import check_fields, setting

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
GROUP_NORM_GROUPS = 8

_MODEL = "model"
_HEAD = "reconstruction head"
_TRAINING = "training"


@dataclasses.dataclass(frozen=True)
class ModelConfig(FlowSettings, AttentionSettings):
    """What to build: plain, validated data.

    Lists run from the largest scale to the smallest and hold one value for all scales
    or one for each. `image_size`, `image_channels` and `levels` describe the images;
    on the command line they come from the data set.

    Raises:
        UserError: if a value has the wrong type, is out of bounds, or does not fit
            the others; the message names the field, what came and what is allowed.
    """

    # The images.
    image_size: tuple[int, ...] = setting(
        (32, 32),
        "height and width of the images",
        group=_MODEL,
        unit="pixels",
        minimum=1,
        flag=False,
    )
    image_channels: int = setting(
        3, "1 for greyscale, 3 for RGB", group=_MODEL, choices=(1, 3), flag=False
    )
    levels: int = setting(
        256,
        "number of intensity levels; pixels are 0 .. levels - 1",
        group=_MODEL,
        minimum=2,
        flag=False,
    )

    input_mean: float = setting(
        0.0, "mean pixel value, subtracted from the encoder's input (with input_std)", group=_MODEL
    )
    input_std: float = setting(
        0.0,
        "standard deviation of the pixels, which divides the encoder's input; "
        "0: the likelihood's own scaling",
        group=_MODEL,
        minimum=0.0,
    )

    # The hierarchy.
    model_family: str = setting(
        "vdvae",
        "which published architecture the parts come from",
        group=_MODEL,
        choices=family_names(),
    )
    num_scales: int = setting(
        0,
        "number of scales, each half the size of the one before; 0 goes down to a side of 1",
        group=_MODEL,
        minimum=0,
    )
    b_act: str = setting(
        "silu", "activation in the residual blocks", group=_MODEL, choices=ACTIVATIONS
    )
    p_act: str = setting(
        "silu",
        "activation after the convolution of a pooling layer",
        group=_MODEL,
        choices=ACTIVATIONS,
    )
    block_gn: bool = setting(
        False,
        f"group normalisation ({GROUP_NORM_GROUPS} groups) in the residual blocks",
        group=_MODEL,
    )
    depthwise: bool = setting(
        False,
        "5x5 depthwise convolutions instead of 3x3 ones in the decoder's blocks, as in NVAE",
        group=_MODEL,
    )
    num_output_mixtures: int = setting(
        10, "components of the mixture of logistics", group=_MODEL, unit="components", minimum=1
    )
    init_zeros: bool = setting(
        False, "start the decoder from zeros instead of a learned state", group=_MODEL
    )
    increase_kernelsize: bool = setting(
        False, "larger kernels at scales above 64x64 (5, 7, 11, 13)", group=_MODEL
    )
    scale_join: str = setting(
        "unpool",
        "how scales join: unpool (1x1 convolution where the width changes, activation, nearest) or "
        "nearest_bias (nearest plus a learned bias per scale, as VDVAE)",
        group=_MODEL,
        choices=("unpool", "nearest_bias"),
    )
    no_bias_above: int = setting(
        64,
        "with nearest_bias: the largest scale that starts from a learned bias",
        group=_MODEL,
        unit="pixels",
        minimum=0,
    )
    std_param: str = setting(
        "softplus",
        "standard deviations of latents: softplus with gradient smoothing, or exp of the log std",
        group=_MODEL,
        choices=("softplus", "exp"),
    )
    likelihood: str = setting(
        "dmol",
        "bernoulli (2 levels) or dmol, the discretized mixture of logistics; "
        "unless set, it follows from the data set",
        group=_MODEL,
        choices=likelihood_names(),
    )
    mixture_scale: str = setting(
        "softplus",
        "scales of the mixture: softplus with gradient smoothing, or exp of the log scale",
        group=_MODEL,
        choices=("softplus", "exp"),
    )
    min_log_scale: float = setting(
        -7.0, "log-scales of the mixture are not allowed below this", group=_MODEL, minimum=-30.0
    )
    stage_in_width: tuple[int, ...] = setting(
        (64,),
        "channels of the residual blocks' outer part (1x1 convolutions)",
        group=_MODEL,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    enc_middle_width: tuple[int, ...] = setting(
        (32,),
        "channels of the residual blocks' inner part (3x3 convolutions) in the encoder",
        group=_MODEL,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    dec_middle_width: tuple[int, ...] = setting(
        (32,),
        "channels of the residual blocks' inner part (3x3 convolutions) in the decoder",
        group=_MODEL,
        unit="channels",
        minimum=1,
        per_scale=True,
    )
    z_width: tuple[int, ...] = setting(
        (16,), "channels of a latent", group=_MODEL, unit="channels", minimum=1, per_scale=True
    )
    enc_num_blocks: tuple[int, ...] = setting(
        (3,), "blocks of the encoder", group=_MODEL, unit="blocks", minimum=0, per_scale=True
    )
    enc_pool_blocks: tuple[int, ...] = setting(
        (0,),
        "blocks of the encoder between the activation that the decoder reads and the pooling",
        group=_MODEL,
        unit="blocks",
        minimum=0,
        per_scale=True,
    )
    dec_num_blocks: tuple[int, ...] = setting(
        (3,),
        "blocks of the decoder, each with a latent",
        group=_MODEL,
        unit="blocks",
        minimum=0,
        per_scale=True,
    )

    # The reconstruction head.
    reconstruct_from: str = setting(
        "latents",
        "latents: the sum of all projected latents (DVP-VAE); "
        "state: the decoder's final state (VDVAE)",
        group=_HEAD,
        choices=("latents", "state"),
    )
    output_blocks: int = setting(
        3,
        "residual blocks applied to the sum of the latents",
        group=_HEAD,
        unit="blocks",
        minimum=0,
    )
    z_out_width: int = setting(
        64, "outer channels of these residual blocks", group=_HEAD, unit="channels", minimum=1
    )
    z_out_middle_width: int = setting(
        32, "inner channels of these residual blocks", group=_HEAD, unit="channels", minimum=1
    )

    # Part of the model, listed with the training parameters.
    gradient_smoothing: float = setting(
        math.log(2.0),
        "beta of the softplus that gives standard deviations and mixture scales (Efficient-VDVAE)",
        group=_TRAINING,
        above=0.0,
    )

    def __post_init__(self):
        check_fields(self)
        if len(self.image_size) != 2:
            raise UserError(
                f"image_size: must be a height and a width. Received: {list(self.image_size)}"
            )
        self._check_num_scales()
        for field in dataclasses.fields(self):
            if field.metadata["per_scale"]:
                self._check_length(field.name)
        if self.per_scale("dec_num_blocks")[-1] == 0:
            raise UserError(
                "dec_num_blocks: the smallest scale needs a block; "
                "num_scales ends the hierarchy earlier. "
                f"Received: {' '.join(str(n) for n in self.dec_num_blocks)}"
            )
        if self.block_gn:
            self._check_groups()
        if self.likelihood == "bernoulli" and self.levels != 2:
            raise UserError(
                f"likelihood: bernoulli needs images with 2 levels. Received: {self.levels}; "
                "use dmol, or binarize the images"
            )

    @functools.cached_property
    def scales(self):
        """The scales, from the largest to the smallest."""
        names = (
            "stage_in_width",
            "enc_middle_width",
            "dec_middle_width",
            "z_width",
            "enc_num_blocks",
            "enc_pool_blocks",
            "dec_num_blocks",
        )
        height, width = self.padded_size
        return tuple(
            Scale(
                index=i,
                height=height >> i,
                width=width >> i,
                kernel_size=self._kernel_size(min(height >> i, width >> i)),
                **{name: self.per_scale(name)[i] for name in names},
            )
            for i in range(self.depth_of_scales)
        )

    @property
    def depth_of_scales(self):
        """How many scales there are, with `num_scales: 0` resolved."""
        return self.num_scales or self._most_scales

    @property
    def padded_size(self):
        """`(height, width)` of the images after padding, which every scale divides."""
        multiple = 2 ** (self.depth_of_scales - 1)
        return tuple(-(-side // multiple) * multiple for side in self.image_size)

    @property
    def latent_scales(self):
        """The scale of every latent block, in the order of the decoder: smallest first."""
        return tuple(scale for scale in reversed(self.scales) for _ in range(scale.dec_num_blocks))

    @property
    def num_dims(self):
        """Number of pixels times channels of an image, without padding."""
        return math.prod(self.image_size) * self.image_channels

    def per_scale(self, name):
        """The values of a per-scale field, one for every scale, largest scale first."""
        values = getattr(self, name)
        return values * self.depth_of_scales if len(values) == 1 else values

    @property
    def _most_scales(self):
        # Halvings of the shorter side until it is 1, after padding to a power of two.
        return math.ceil(math.log2(min(self.image_size))) + 1

    def _check_num_scales(self):
        if self.num_scales > self._most_scales:
            raise UserError(
                f"num_scales: images of {self.image_size[0]}x{self.image_size[1]} allow at most "
                f"{self._most_scales} scales. Received: {self.num_scales}"
            )

    def _check_length(self, name):
        count, depth = len(getattr(self, name)), self.depth_of_scales
        if count not in (1, depth):
            sizes = " ".join(f"{side >> i}" for i in range(depth) for side in self.padded_size[:1])
            raise UserError(
                f"{name}: needs 1 value or {depth}, one for each scale (heights {sizes}). "
                f"Received: {count} values, {' '.join(str(v) for v in getattr(self, name))}"
            )

    def _check_groups(self):
        normed = ["stage_in_width", "enc_middle_width", "dec_middle_width"]
        widths = {name: self.per_scale(name) for name in normed}
        if self.reconstruct_from == "latents":
            widths |= {
                "z_out_width": (self.z_out_width,),
                "z_out_middle_width": (self.z_out_middle_width,),
            }
        for name, values in widths.items():
            for value in values:
                if value % GROUP_NORM_GROUPS:
                    raise UserError(
                        f"{name}: with block_gn, must be divisible by {GROUP_NORM_GROUPS} groups. "
                        f"Received: {value}"
                    )

    def _kernel_size(self, side):
        if side < 4:
            return 1
        if not self.increase_kernelsize:
            return 3
        return next(kernel for largest, kernel in _KERNEL_SIZES if side <= largest)


# Kernel sizes for `increase_kernelsize`: up to which side each is used.
_KERNEL_SIZES = ((64, 3), (128, 5), (256, 7), (512, 11), (math.inf, 13))
