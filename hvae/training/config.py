"""How to train: the configuration of a training run."""

import dataclasses

from hvae.configuration.settings import check_fields, setting
from hvae.errors import UserError

_TRAINING = "training"


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """How to train: plain, validated data. One update is one batch of `batch_size` images.

    Raises:
        UserError: if a value has the wrong type, is out of bounds, or does not fit
            the others.
    """

    batch_size: int = setting(32, "images of one update", group=_TRAINING, unit="images", minimum=1)
    batch_size_div: int = setting(
        1,
        "micro-batches a batch is divided into, their gradients summed, to save memory",
        group=_TRAINING,
        minimum=1,
    )
    cr_vae: bool = setting(
        False,
        "consistency regularisation (CR-VAE): half of a batch are augmented copies of the other "
        "half, which makes twice as many updates an epoch",
        group=_TRAINING,
    )
    cr_lambda: float = setting(
        0.1,
        "factor of the KL between the latents of a copy and those of its image (cr_vae)",
        group=_TRAINING,
        minimum=0.0,
    )
    cr_duplicate_noise: bool = setting(
        True, "same noise for an image and its augmented copy (cr_vae)", group=_TRAINING
    )
    epochs: int = setting(3000, "length of the training", group=_TRAINING, unit="epochs", minimum=1)
    early_stopping: int = setting(
        3000,
        "stop after N epochs without a better validation ELBO",
        group=_TRAINING,
        unit="epochs",
        minimum=1,
    )
    learning_rate: float = setting(1e-3, "learning rate", group=_TRAINING, above=0.0)
    learning_rate_end: float = setting(
        1e-6, "learning rate at the end of the cosine", group=_TRAINING, minimum=0.0
    )
    lr_warmup_epochs: float = setting(
        1.0,
        "linear warm-up of the learning rate (cosd, none)",
        group=_TRAINING,
        unit="epochs",
        minimum=0.0,
    )
    lr_warmup_from_zero: bool = setting(
        False,
        "update u = 0, 1, ... of the warm-up has u / length of the learning rate, so that the "
        "first one moves nothing, as in published code; off: (u + 1) / length",
        group=_TRAINING,
    )
    lr_decay_start: float = setting(
        0.0,
        "where the cosine starts (cosd); where the warm-up ends, if that is later",
        group=_TRAINING,
        unit="epochs",
        minimum=0.0,
    )
    lr_decay_epochs: float = setting(
        0.0,
        "length of the cosine (cosd), after which the learning rate stays at its end; 0: to the "
        "end of the training",
        group=_TRAINING,
        unit="epochs",
        minimum=0.0,
    )
    scheduler: str = setting(
        "cosd",
        "learning rate: none (constant), exp (0.977 an epoch), cosd (cosine), "
        "cosdr (cosine with restarts, the first after 2 epochs, each twice as long)",
        group=_TRAINING,
        choices=("none", "exp", "cosd", "cosdr"),
    )
    optimizer: str = setting(
        "adamax", "optimizer", group=_TRAINING, choices=("adamax", "adamw", "sgd")
    )
    adam_beta1: float = setting(
        0.9,
        "decay of the first moment (adamax, adamw); momentum of sgd",
        group=_TRAINING,
        minimum=0.0,
    )
    adam_beta2: float = setting(
        0.999, "decay of the second moment (adamax, adamw)", group=_TRAINING, minimum=0.0
    )
    adam_epsilon: float = setting(
        1e-8,
        "added to the absolute gradient (adamax), or to the root of its mean square (adamw)",
        group=_TRAINING,
        unit="nats per dimension",
        above=0.0,
    )
    weight_decay: float = setting(
        1e-4,
        "a weight loses this times the learning rate in an update",
        group=_TRAINING,
        minimum=0.0,
    )
    coupled_weight_decay: bool = setting(
        False,
        "weight_decay times the weight is added to the (clipped) gradient instead, as the "
        "gradient of an L2 penalty",
        group=_TRAINING,
    )
    use_ema: bool = setting(
        True, "validate and save the moving average of the weights", group=_TRAINING
    )
    ema_decay: float = setting(
        0.999, "decay of that average in an update", group=_TRAINING, minimum=0.0
    )
    ema_ramp: bool = setting(
        True,
        "the decay of update t = 1, 2, ... is (1 + t) / (10 + t) where that is less, so that the "
        "average does not lag; off: the same from the start, as in published code",
        group=_TRAINING,
    )
    gradient_clipnorm: float = setting(
        0.0,
        "clip the gradient (of the loss in nats per dimension) to this global norm; 0 is off",
        group=_TRAINING,
        minimum=0.0,
    )
    gradient_skipnorm: float = setting(
        300.0,
        "skip updates whose gradient norm is not below this; 0 is off (non-finite ones are always "
        "skipped)",
        group=_TRAINING,
        minimum=0.0,
    )
    gradient_skip_start: float = setting(
        2.0,
        "apply gradient_skipnorm only after N epochs: norms are larger at the start",
        group=_TRAINING,
        unit="epochs",
        minimum=0.0,
    )
    beta: float = setting(1.0, "factor of the KL in the loss", group=_TRAINING, minimum=0.0)
    beta_warmup_epochs: float = setting(
        0.0,
        "linear warm-up of beta from 0; the length of a cycle",
        group=_TRAINING,
        unit="epochs",
        minimum=0.0,
    )
    beta_warmup_start: float = setting(
        0.0,
        "where that warm-up starts; beta_min before",
        group=_TRAINING,
        unit="epochs",
        minimum=0.0,
    )
    beta_min: float = setting(
        0.0, "least factor of the KL in that warm-up", group=_TRAINING, minimum=0.0
    )
    cyclic_beta: bool = setting(
        False, "repeat the warm-up: half a cycle rising, half at beta", group=_TRAINING
    )
    number_cycles: int = setting(3, "cycles of beta", group=_TRAINING, unit="cycles", minimum=1)
    free_bits: float = setting(
        0.0,
        "least KL that each latent block counts in the loss, for each image",
        group=_TRAINING,
        unit="nats",
        minimum=0.0,
    )
    kl_balancing: bool = setting(
        False,
        "while beta warms up, weigh the KL of the blocks so that small ones stay alive (NVAE)",
        group=_TRAINING,
    )
    gamma_max_steps: int = setting(
        0,
        "for the first N updates, weight each block's KL by its share of the total, so that small "
        "ones stay alive (Efficient-VDVAE's gamma); 0 is off",
        group=_TRAINING,
        unit="updates",
        minimum=0,
    )
    scaled_gamma: bool = setting(
        True,
        "the share is of the KL per latent variable of a block; off: of its whole KL "
        "(gamma_max_steps)",
        group=_TRAINING,
    )
    regularization_constant: float = setting(
        0.0,
        "factor of the largest singular value of every convolution and the largest scale of every "
        "batch normalisation, beside nats per image (NVAE); 0 is off",
        group=_TRAINING,
        minimum=0.0,
    )
    regularization_start: float = setting(
        0.0,
        "the same factor at the start, from where it goes geometrically while beta warms up; "
        "0: constant",
        group=_TRAINING,
        minimum=0.0,
    )
    data_dep_init: bool = setting(
        False,
        "the first batch scales and shifts every convolution so that its outputs are standard",
        group=_TRAINING,
    )
    log_every: int = setting(
        50,
        "also write to TensorBoard every N updates, not only at the end of an epoch; 0: do not",
        group=_TRAINING,
        unit="updates",
        minimum=0,
        since=1,
    )
    checkpoint_every: int = setting(
        0,
        "also save the state for --resume every N updates; 0 saves it only after each epoch",
        group=_TRAINING,
        unit="updates",
        minimum=0,
    )
    noise: str = setting(
        "backend",
        "who draws the noise of an update: the backend, within its program, or the host, which "
        "draws the same under every backend and on any number of devices (dropout: always the "
        "backend)",
        group=_TRAINING,
        choices=("backend", "host"),
        since=1,
    )
    seed: int = setting(
        0,
        "seed of initial weights, data order and noise",
        group=_TRAINING,
        minimum=0,
        maximum=2**32 - 1,
    )

    def __post_init__(self):
        check_fields(self)
        if self.batch_size % self.batch_size_div:
            raise UserError(
                f"batch_size_div: must divide batch_size {self.batch_size}. "
                f"Received: {self.batch_size_div}"
            )
        if self.cr_vae and self.batch_size % 2:
            raise UserError(
                "batch_size: must be even with cr_vae, half of it are copies. "
                f"Received: {self.batch_size}"
            )
        if self.data_batch_size % self.batch_size_div:
            raise UserError(
                f"batch_size_div: must divide half of batch_size {self.batch_size} with cr_vae. "
                f"Received: {self.batch_size_div}"
            )
        for name in ("adam_beta1", "adam_beta2", "ema_decay"):
            if getattr(self, name) >= 1.0:
                raise UserError(f"{name}: must be less than 1. Received: {getattr(self, name)}")
        if self.kl_balancing and self.beta_warmup_epochs == 0:
            raise UserError(
                "kl_balancing: acts while beta warms up, it needs beta_warmup_epochs. Received: 0"
            )
        if self.kl_balancing and self.gamma_max_steps:
            raise UserError(
                "gamma_max_steps: must be 0 with kl_balancing, either balances the KL. "
                f"Received: {self.gamma_max_steps}"
            )
        if self.beta_min > self.beta:
            raise UserError(
                f"beta_min: must be at most beta {self.beta:g}. Received: {self.beta_min:g}"
            )
        if self.regularization_start and not self.regularization_constant:
            raise UserError(
                "regularization_start: needs a regularization_constant. "
                f"Received: {self.regularization_start:g}"
            )
        if self.cyclic_beta and self.beta_warmup_epochs == 0:
            raise UserError(
                "beta_warmup_epochs: cyclic_beta needs a length for its cycles. Received: 0"
            )

    @property
    def data_batch_size(self):
        """Images that an update takes from the data; with `cr_vae` it adds a copy of each."""
        return self.batch_size // 2 if self.cr_vae else self.batch_size

    @property
    def micro_batch_size(self):
        """Images whose gradient is taken at once."""
        return self.batch_size // self.batch_size_div

    @property
    def evaluation_batch_size(self):
        """Images that are evaluated at once: what fits into memory with a gradient fits without."""
        return min(100, self.micro_batch_size)
