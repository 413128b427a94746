"""Turn a published checkpoint into a run.

python -m utils.import_weights openai_vdvae model.th --config imagenet32 --out runs/imagenet32
"""

import dataclasses
import itertools
import pathlib
import sys

from data.sets import DATASETS
from hvae.errors import UserError
from hvae.files.atomic import making_folder
from hvae.files.run_files import MOMENTS, WEIGHTS, weights_file
from hvae.published import CODEBASES
from utils.command_line.environment import backend_of_environment, set_environment
from utils.command_line.flags import Parser
from utils.command_line.keras_import import import_keras
from utils.command_line.script import run_script
from utils.experiments.config_files import read_config_file
from utils.experiments.experiment import Experiment
from utils.experiments.run_settings import RunSettings
from utils.runs.run_folder import clear_place, write_description

#: Of whose images such weights have seen the training split; see `split_of`.
_SPLIT_OF = {
    "openai_vdvae": "openai",
    "efficient_vdvae": "efficient",
    "efficient_vdvae_jax": "efficient",
    "addtt_lvae": "lvae",
    "nvlabs_nvae": "nvae",
}
# Not from the docstring: `python -OO` has none.
_DESCRIPTION = "Turn a published checkpoint into a run."


@dataclasses.dataclass(frozen=True)
class ImportRequest:
    """Which file to read, as what, and where to."""

    codebase: str
    file: str
    experiment: Experiment | None  # as the file has it, if it has
    folder: pathlib.Path
    backend: str

    def set_environment(self):
        """Set what must be set before keras is imported."""
        set_environment(
            self.backend, self.experiment.run.gpu if self.experiment else RunSettings().gpu
        )


def parse_arguments(arguments=None):
    """Read the command line.

    Raises:
        UserError: for anything the user got wrong.
    """
    parser = Parser(prog="python -m utils.import_weights", description=_DESCRIPTION)
    parser.add_argument("codebase", choices=CODEBASES.names(), help="which codebase wrote the file")
    parser.add_argument(
        "file",
        help=".th, .pt, .pth, .model, .checkpoint, .safetensors or .npz with the state dict; "
        "efficient_vdvae_jax: flax's checkpoint; swpenninga_hvae: model.weights.h5",
    )
    parser.add_argument(
        "--config",
        help="as main.py takes it: a name or a file; a checkpoint of nvlabs_nvae has its own",
    )
    parser.add_argument("--out", required=True, help="folder of the run to make")
    typed = parser.parse_args(arguments)
    folder = pathlib.Path(typed.out)
    if folder.exists():
        raise UserError(f"out: {folder} exists")
    experiment = None
    if typed.config is not None:
        file = read_config_file(typed.config)
        file.tell(typed.config)
        experiment = Experiment.from_flat(_with_split(typed.codebase, file.values))
    settings = RunSettings() if experiment is None else experiment.run
    backend = backend_of_environment() or settings.backend
    return ImportRequest(typed.codebase, typed.file, experiment, folder, backend)


def _with_split(codebase, values):
    """A configuration's values with the codebase's splits, unless it names some itself."""
    split_of, dataset = _SPLIT_OF.get(codebase), values.get("dataset", RunSettings.dataset)
    if split_of in DATASETS[dataset].split_names:
        return {"split_of": split_of, **values}
    return values


def import_weights(request, display):
    """Read the file and write the run."""
    from hvae.files.weights import save_weights

    codebase = CODEBASES[request.codebase]()
    published = codebase.load(request.file)
    for tensors in _sets(published.tensors).values():
        display.message(f"{request.file}: {len(tensors)} tensors")
    experiment = request.experiment
    if experiment is None:
        values = codebase.experiment(published.hparams)
        experiment = Experiment.from_flat(_with_split(request.codebase, values))
    family = experiment.model.model_family
    if codebase.FAMILY and family != codebase.FAMILY:
        raise UserError(
            f"config: models of {request.codebase} are of model_family {codebase.FAMILY}. "
            f"Received: {family}"
        )
    with display.waiting("building the model"):
        models = {
            kinds: codebase.read(tensors, experiment.model)
            for kinds, tensors in _sets(published.tensors).items()
        }
    model = next(iter(models.values()))
    clear_place(request.folder, reset=False)
    with making_folder(request.folder) as folder:
        # A codebase may know more of the model than the configuration says.
        write_description(folder, dataclasses.replace(experiment, model=model.config))
        for kinds, model in models.items():
            for moment, kind in itertools.product(MOMENTS, kinds):
                save_weights(model, folder / weights_file(moment, kind))
    display.message(f"{model.count_params():,} parameters written to {request.folder}")


def _sets(tensors):
    """Sets of tensors by the kinds of weights that they are: most files have one for all."""
    sets = {}
    for kind in WEIGHTS:
        kinds = tuple(other for other in WEIGHTS if tensors[other] is tensors[kind])
        sets[kinds] = tensors[kind]
    return sets


def _load_command():
    import_keras()
    return import_weights


if __name__ == "__main__":
    sys.exit(run_script(parse_arguments, _load_command))
