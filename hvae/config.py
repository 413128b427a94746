"""What to build: what the configurations of all families share."""

import abc
import dataclasses
import functools
import math
from typing import Any

from hvae.attention.settings import AttentionSettings
from hvae.configuration.decoder_step import DecoderStep
from hvae.configuration.scale import Scale
from hvae.configuration.settings import check_fields, from_dict, setting
from hvae.errors import UserError
from hvae.families import CONFIGS, families_with
from hvae.flows.settings import FlowSettings
from hvae.latents.std_params import STD_PARAMS
from hvae.likelihoods import LIKELIHOODS
from hvae.likelihoods._bin_rules import LIKELIHOOD_OF_BINS

_MODEL = "model"
_TRAINING = "training"
_DEFAULT_FAMILY = "vdvae"
#: Of all scales together; published models have up to 78.
_MOST_LATENT_BLOCKS = 1000


@dataclasses.dataclass(frozen=True)
class ModelConfig(FlowSettings, AttentionSettings, abc.ABC):
    """What to build: plain, validated data. Each family has a subclass, with what it adds.

    Lists run from the largest scale to the smallest and hold one value for all scales
    or one for each, unless a family says otherwise. `image_size`, `image_channels` and
    `levels` describe the images; on the command line they come from the data set.

    Raises:
        UserError: if a value has the wrong type, is out of bounds, or does not fit
            the others; the message names the field, what came and what is allowed.
    """

    #: The family: every subclass names its own.
    model_family: str = setting(
        _DEFAULT_FAMILY,
        "which published architecture the parts come from",
        group=_MODEL,
        choices=CONFIGS.names,
        init=False,
    )

    # The images.
    image_size: tuple[int, ...] = setting(
        (32, 32),
        "height and width of the images, or the side of square ones; datasets images and "
        "multi_dsprites take any, of other data sets it is known",
        group=_MODEL,
        unit="pixels",
        minimum=1,
    )
    image_channels: int = setting(
        3,
        "1 for greyscale, 3 for RGB; dataset images takes either, of other data sets it is known",
        group=_MODEL,
        choices=(1, 3),
    )
    levels: int = setting(
        256,
        "number of intensity levels; pixels are 0 .. levels - 1",
        group=_MODEL,
        minimum=2,
        maximum=65_536,
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

    min_padded_size: int = setting(
        0,
        "images are padded to at least this side (published MNIST models: 32)",
        group=_MODEL,
        unit="pixels",
        minimum=0,
        since=1,
    )
    num_output_mixtures: int = setting(
        10,
        "components of the likelihood's mixture (dmol, logistic_mixture, gaussian_mixture)",
        group=_MODEL,
        unit="components",
        minimum=1,
    )
    std_param: str = setting(
        "softplus",
        "standard deviations of latents: softplus with gradient smoothing, exp of the log std, "
        "smooth_exp, exp of beta times it, or soft_clamp (NVAE), which also holds mean and log std "
        "within 5 and adds 0.01 to the std, which soft_clamp_tempered (Vahdat & Kautz) multiplies "
        "by the temperature too",
        group=_MODEL,
        choices=STD_PARAMS,
    )
    analytical_kl: bool = setting(
        True,
        "KL of a block in closed form (with a flow: as control variate of the estimate); off: "
        "estimated from its one sample of z",
        group=_MODEL,
    )
    use_residual_distribution: bool = setting(
        False, "posterior as a residual to the prior: mean added, std multiplied", group=_MODEL
    )
    likelihood: str = setting(
        "dmol",
        "bernoulli, to which grey levels are probabilities of binary pixels; dmol, the discretized "
        "mixture of logistics over whole pixels; logistic_mixture, the same for each channel "
        "(mgp123/nvae); discretized_logistic (LVAE); gaussian or gaussian_mixture, densities, not "
        "comparable with the others; unless set, it follows from the data set",
        group=_MODEL,
        choices=LIKELIHOODS.names,
    )
    mixture_scale: str = setting(
        "softplus",
        "scales of dmol, gaussian and gaussian_mixture: softplus with gradient smoothing, exp of "
        "the log scale, smooth_exp, exp of beta times it, or, but for dmol, soft_clamp (NVAE), "
        "which holds means, log scales and mixture logits within 5 and adds 0.01 to the scale",
        group=_MODEL,
        choices=("softplus", "exp", "smooth_exp", "soft_clamp"),
    )
    min_log_scale: float = setting(
        -7.0,
        "log-scales of logistics and Gaussians in the likelihood are not allowed below this",
        group=_MODEL,
        minimum=-30.0,
        maximum=30.0,
    )
    published_bins: str = setting(
        "off",
        "off: the probabilities of all pixel values sum to 1; else the bins of a published code, "
        "for numbers that compare with its own: of dmol openai_vdvae (also ladder-vae-pytorch), "
        "efficient_vdvae or nvlabs_nvae, of logistic_mixture mgp123_nvae",
        group=_MODEL,
        choices=("off", *LIKELIHOOD_OF_BINS),
    )

    num_bits: int = setting(
        0,
        "score only the N most significant bits of a pixel; 0 for all levels",
        group=_MODEL,
        unit="bits",
        minimum=0,
    )

    # Part of the model, listed with the training parameters.
    gradient_smoothing: float = setting(
        math.log(2.0),
        "beta of the softplus that gives the standard deviations of latents (Efficient-VDVAE)",
        group=_TRAINING,
        above=0.0,
    )

    output_gradient_smoothing: float = setting(
        math.log(2.0),
        "the same beta for the scales of the likelihood",
        group=_TRAINING,
        above=0.0,
    )

    def __post_init__(self):
        check_fields(self)
        if len(self.image_size) != 2:
            raise UserError(
                f"image_size: must be a height and a width. Received: {list(self.image_size)}"
            )
        if self.likelihood == "dmol" and self.mixture_scale == "soft_clamp":
            raise UserError(
                "mixture_scale: dmol allows softplus, exp, smooth_exp. Received: soft_clamp"
            )
        if self.num_bits and (self.likelihood != "dmol" or self.levels % 2**self.num_bits):
            raise UserError(
                f"num_bits: must be the highest of the bits that make {self.levels} levels, with "
                f"likelihood dmol. Received: {self.num_bits}"
            )
        likelihood = LIKELIHOOD_OF_BINS.get(self.published_bins, self.likelihood)
        if likelihood != self.likelihood:
            raise UserError(
                f"published_bins: {self.published_bins} are bins of likelihood {likelihood}. "
                f"Received: likelihood {self.likelihood}"
            )
        self.check_family()
        count = sum(step.num_latents for step in self.decoder_steps)
        if count > _MOST_LATENT_BLOCKS:
            raise UserError(
                f"latent blocks: at most {_MOST_LATENT_BLOCKS} in all. Received: {count}"
            )
        self.check_flow()
        self.check_attention()

    @staticmethod
    def from_dict(values: dict[str, Any]) -> "ModelConfig":
        """The configuration of the family that `model_family` names, from plain data.

        Args:
            values: fields by name, as `hvae.configuration.settings.to_dict` and YAML give them.

        Raises:
            UserError: for an unknown family, a field that the family does not read, or whatever
                its configuration refuses.
        """
        fields = dict(values)
        family = fields.pop("model_family", _DEFAULT_FAMILY)
        config_class = CONFIGS[family]
        own = {field.name for field in dataclasses.fields(config_class)}
        for name in fields:
            readers = () if name in own else families_with(name)
            if readers:
                raise UserError(
                    f"{name}: only model_family {' or '.join(readers)} reads it. "
                    f"Received: model_family {family}"
                )
        return from_dict(config_class, fields)

    @abc.abstractmethod
    def check_family(self) -> None:
        """Raises `UserError` if the family's fields do not fit each other, or the others."""

    @property
    @abc.abstractmethod
    def padded_size(self) -> tuple[int, int]:
        """`(height, width)` of the images after padding, which every scale divides."""

    def padded_to(self, multiple: int) -> tuple[int, int]:
        """Height and width of the images, with padding, that a number divides."""
        height, width = (
            -(-max(side, self.min_padded_size) // multiple) * multiple for side in self.image_size
        )
        return height, width

    @property
    @abc.abstractmethod
    def scales(self) -> tuple[Scale, ...]:
        """The `Scale`s at which encoder and decoder meet, from the largest to the smallest."""

    @functools.cached_property
    def decoder_steps(self) -> tuple[DecoderStep, ...]:
        """The way down, step by step: from the smallest scale to the largest, each once."""
        down = self.scales[::-1]
        return tuple(
            DecoderStep(scale, source, scale.num_latents)
            for source, scale in zip((None, *down), down)
        )

    @functools.cached_property
    def latent_scales(self) -> tuple[Scale, ...]:
        """The scale of every latent block, in the order of the decoder: smallest first."""
        return tuple(step.scale for step in self.decoder_steps for _ in range(step.num_latents))

    @property
    def num_dims(self) -> int:
        """Number of pixels times channels of an image, without padding."""
        return math.prod(self.image_size) * self.image_channels
