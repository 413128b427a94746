"""Settings of a run that belong neither to the model nor to its training."""

import dataclasses

from data.binarize import MODES
from data.picture_file import check_background
from data.sets import DATASETS
from hvae.checks.typed_numbers import whole_number
from hvae.configuration.settings import SWITCH, check_fields, setting
from hvae.errors import UserError
from hvae.execution import REMAT

_GENERAL = "general"
#: Values of `split_of`.
SPLITS_OF = ("own", "openai", "efficient", "nvae", "lvae")
#: Those that take gradients.
TRAINING_BACKENDS = ("tensorflow", "jax", "torch")
BACKENDS = (*TRAINING_BACKENDS, "openvino")


@dataclasses.dataclass(frozen=True)
class RunSettings:
    """Which data, where to, on what.

    Raises:
        UserError: if a value has the wrong type or is not allowed.
    """

    dataset: str = setting("digits", "data set to train on", group=_GENERAL, choices=DATASETS.names)
    data_dir: str = setting(
        "",
        "folder that holds the data set's files; empty: fetch them (mnist, fashion_mnist, cifar10)",
        group=_GENERAL,
    )
    binarize: str = setting(
        "none",
        "mnist and its like: grey levels as they are, binary once for all (static), "
        "or drawn in each epoch (dynamic)",
        group=_GENERAL,
        choices=MODES,
    )
    split_of: str = setting(
        "own",
        "who is in which split: this package's own choice, or that of a codebase whose numbers or "
        "weights are compared (openai/vdvae, Efficient-VDVAE, NVlabs/NVAE, ladder-vae-pytorch), "
        "where it has one",
        group=_GENERAL,
        choices=SPLITS_OF,
        since=1,
    )
    horizontal_flip: bool = setting(
        False,
        "mirror every training image, left to right, in half of the epochs",
        group=_GENERAL,
        since=1,
    )
    background: str = setting(
        "white",
        "colour behind transparent pixels of pictures, as white, black or '#80ff00'",
        group=_GENERAL,
        since=1,
    )
    skip_unreadable: bool = setting(
        False,
        "images: leave out files that cannot be read, instead of listing them and stopping",
        group=_GENERAL,
        since=1,
    )
    limit_train: int = setting(
        0,
        "use only the first N training images; 0 for all",
        group=_GENERAL,
        unit="images",
        minimum=0,
    )
    limit_eval: int = setting(
        0,
        "use only the first N validation (and test) images; 0 for all",
        group=_GENERAL,
        unit="images",
        minimum=0,
    )
    backend: str = setting(
        "tensorflow",
        "Keras backend; openvino does not train",
        group=_GENERAL,
        choices=BACKENDS,
    )
    gpu: str = setting(
        "0",
        "number of the GPU to use, several as 0,1, or none; CUDA_VISIBLE_DEVICES is used instead "
        "unless this flag is typed",
        group=_GENERAL,
    )
    devices: int = setting(
        0,
        "devices that share every update, each a part of the batch: GPUs, or parts of a processor; "
        "0: all GPUs of gpu. Under torch they are the processes that torchrun starts, under "
        "tensorflow with TF_CONFIG, and jax with KERAS_DISTRIBUTION_JOB_ADDRESSES, those of all "
        "processes",
        group=_GENERAL,
        minimum=0,
        since=1,
    )
    jit: str = setting(
        "auto",
        "compile the gradient (tensorflow: through XLA; torch: torch.compile) or the step (jax: "
        "through XLA; torch on a GPU: a CUDA graph); auto: tensorflow and torch on a GPU only, "
        "since a processor needs longer to compile than it gains; jax always",
        group=_GENERAL,
        choices=SWITCH,
    )
    remat: str = setting(
        "none",
        "to save memory, keep only a block's inputs for the gradient and compute the block again "
        "there (block), or those of about √n of a scale's n blocks for one more pass (stage)",
        group=_GENERAL,
        choices=REMAT,
    )
    dtype: str = setting(
        "float32",
        "dtype policy; likelihoods and KL are float32 in each, and mixed_float16 scales the loss",
        group=_GENERAL,
        choices=("float32", "mixed_bfloat16", "mixed_float16"),
    )
    save: bool = setting(
        True, "make a run folder with weights, metrics and figures", group=_GENERAL
    )
    save_dir: str = setting("runs", "folder for run folders", group=_GENERAL)
    name: str = setting("", "name of the run's folder; empty: config and date", group=_GENERAL)
    init_from: str = setting(
        "", "folder of a run whose averaged weights training starts from", group=_GENERAL
    )
    figures_every: int = setting(
        10,
        "draw the figures every N epochs, and at the end",
        group=_GENERAL,
        unit="epochs",
        minimum=1,
    )

    keep: int = setting(
        2,
        "states for --resume that the run keeps; if the newest is damaged, the one before serves",
        group=_GENERAL,
        unit="states",
        minimum=1,
        maximum=100,
        since=1,
    )

    def __post_init__(self):
        check_fields(self)
        check_background(self.background)
        if self.skip_unreadable and self.dataset != "images":
            raise UserError(
                f"skip_unreadable: only dataset images reads it. Received: dataset {self.dataset}"
            )
        check_gpu(self.gpu)
        if "/" in self.name or self.name in (".", ".."):
            raise UserError(
                f"name: must be the name of a folder in {self.save_dir}/. Received: {self.name}"
            )


def check_gpu(gpu):
    """Refuse what is neither numbers of GPUs nor `"none"`.

    Raises:
        UserError: names what is allowed and what came.
    """
    numbers = [whole_number(number.strip()) for number in gpu.split(",")]
    if gpu != "none" and None in numbers:
        raise UserError(f"gpu: allowed are numbers of GPUs, as 0 or 0,1, or none. Received: {gpu}")
