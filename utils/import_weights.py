"""Turn a published checkpoint into a run.

python -m utils.import_weights openai_vdvae model.th --config imagenet32 --out runs/imagenet32
"""

import dataclasses
import pathlib
import sys

from data.sets import DATASETS
from hvae.errors import UserError
from hvae.files.atomic import replacing
from hvae.files.run_files import MOMENTS, WEIGHTS, weights_file
from hvae.published import CODEBASES
from utils.command_line.environment import backend_of_environment, set_environment
from utils.command_line.flags import Parser
from utils.command_line.script import run_script
from utils.experiments.config_files import read_config_file
from utils.experiments.experiment import Experiment
from utils.experiments.run_settings import RunSettings
from utils.runs.run_folder import make_run_folder, write_description

#: Of whose images such weights have seen the training split; see `split_of`.
_SPLIT_OF = {"openai_vdvae": "openai", "efficient_vdvae": "efficient", "addtt_lvae": "lvae"}


@dataclasses.dataclass(frozen=True)
class ImportRequest:
    """Which file to read, as what, and where to."""

    codebase: str
    file: str
    experiment: Experiment
    folder: pathlib.Path
    backend: str

    def set_environment(self):
        """Set what must be set before keras is imported."""
        set_environment(self.backend, self.experiment.run.gpu)


def parse_arguments(arguments=None):
    """Read the command line.

    Raises:
        UserError: for anything the user got wrong.
    """
    parser = Parser(prog="python -m utils.import_weights", description=__doc__.splitlines()[0])
    parser.add_argument("codebase", choices=CODEBASES.names(), help="which codebase wrote the file")
    parser.add_argument(
        "file", help=".th, .pt, .model, .checkpoint, .safetensors or .npz with the state dict"
    )
    parser.add_argument("--config", required=True, help="as main.py takes it: a name or a file")
    parser.add_argument("--out", required=True, help="folder of the run to make")
    typed = parser.parse_args(arguments)
    folder = pathlib.Path(typed.out)
    if folder.exists():
        raise UserError(f"out: {folder} exists")
    file = read_config_file(typed.config)
    file.tell(typed.config)
    experiment = Experiment.from_flat(_with_split(typed.codebase, file.values))
    backend = backend_of_environment() or experiment.run.backend
    return ImportRequest(typed.codebase, typed.file, experiment, folder, backend)


def _with_split(codebase, values):
    """A configuration's values with the codebase's splits, unless it names some itself."""
    split_of, dataset = _SPLIT_OF.get(codebase), values.get("dataset", RunSettings.dataset)
    if split_of in DATASETS[dataset].split_names:
        return {"split_of": split_of, **values}
    return values


def import_weights(request, display):
    """Read the file and write the run."""
    from hvae.published.weight_files import read_state_dict

    tensors = read_state_dict(request.file)
    display.message(f"{request.file}: {len(tensors)} tensors")
    codebase = CODEBASES[request.codebase]()
    with display.waiting("building the model"):
        model = codebase.read(tensors, request.experiment.model)
    folder = make_run_folder(request.folder.parent, request.folder.name, reset=False)
    write_description(folder, request.experiment)
    # A checkpoint is one set of weights: whichever a user asks for, these are they.
    for moment in MOMENTS:
        for kind in WEIGHTS:
            with replacing(folder / weights_file(moment, kind)) as path:
                model.save_weights(path)
    display.message(f"{model.count_params():,} parameters written to {folder}")


def _load_command():
    import keras  # noqa: F401

    return import_weights


if __name__ == "__main__":
    sys.exit(run_script(parse_arguments, _load_command))
