"""What the user of `load_model.py` asks for."""

import dataclasses
import os

from hvae.errors import UserError
from hvae.loading import read_config
from hvae.run_files import MOMENTS, WEIGHTS, check_run, weights_file
from utils.environment import set_environment
from utils.experiment import Experiment
from utils.flags import Parser
from utils.run_settings import BACKENDS

SPLITS = ("train", "validation", "test")


@dataclasses.dataclass(frozen=True)
class EvaluationRequest:
    """Which run to evaluate, and how."""

    run: str
    experiment: Experiment
    backend: str
    weights: str
    moment: str
    split: str
    num_samples: int
    batch_size: int
    seed: int

    def set_environment(self):
        """Set what must be set before keras is imported."""
        set_environment(self.backend, self.experiment.run.gpu)


def parse_arguments(arguments=None):
    """Read the command line.

    Returns:
        An `EvaluationRequest`.

    Raises:
        UserError: for anything the user got wrong, or a folder that is not a run.
    """
    typed = _parser().parse_args(arguments)
    for name in ("num_samples", "batch_size", "limit_eval", "seed"):
        value = getattr(typed, name)
        least = 1 if name in ("num_samples", "batch_size") else 0
        if value is not None and value < least:
            raise UserError(f"{name}: must be at least {least}. Received: {value}")
    check_run(typed.run, [weights_file(typed.moment, typed.weights)])
    values = read_config(typed.run)
    for name in ("data_dir", "limit_eval"):
        if getattr(typed, name) is not None:
            values[name] = getattr(typed, name)
    experiment = Experiment.from_flat(values)
    backend = typed.backend or os.environ.get("KERAS_BACKEND") or experiment.run.backend
    if backend not in BACKENDS:
        raise UserError(f"KERAS_BACKEND: allowed are {', '.join(BACKENDS)}. Received: {backend}")
    return EvaluationRequest(
        typed.run,
        experiment,
        backend,
        typed.weights,
        typed.moment,
        typed.split,
        typed.num_samples,
        typed.batch_size,
        typed.seed,
    )


def _parser():
    parser = Parser(prog="load_model.py", description="Print NLL, KL and ELBO of a run.")
    parser.add_argument("run", metavar="RUN", help="the run's folder, e.g. runs/NAME")
    parser.add_argument(
        "--backend",
        choices=BACKENDS,
        help="Keras backend [default KERAS_BACKEND, else the one that trained]",
    )
    parser.add_argument(
        "--weights", choices=WEIGHTS, default="ema", help="moving average or raw [default ema]"
    )
    parser.add_argument(
        "--moment",
        choices=MOMENTS,
        default="best",
        help="best validation ELBO or last epoch [default best]",
    )
    parser.add_argument("--split", choices=SPLITS, default="test", help="[default test]")
    parser.add_argument(
        "--num_samples",
        type=int,
        default=1,
        metavar="N",
        help="posterior samples of each image, averaged [default 1]",
    )
    parser.add_argument(
        "--batch_size", type=int, default=100, metavar="N", help="images at a time [default 100]"
    )
    parser.add_argument(
        "--seed", type=int, default=0, metavar="N", help="seed of the noise [default 0]"
    )
    parser.add_argument(
        "--data_dir",
        metavar="TEXT",
        help="folder with the data set's files [default as in training]",
    )
    parser.add_argument(
        "--limit_eval",
        type=int,
        metavar="N",
        help="use only so many images; 0 for all [default as in training]",
    )
    return parser
