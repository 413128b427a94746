"""Turn a published checkpoint into a run.

python -m hvae.checkpoints openai_vdvae model.th --config imagenet32 --out runs/imagenet32
"""

import argparse
import dataclasses
import os
import pathlib
import sys

import yaml

from hvae.atomic import replacing, write_text
from hvae.block_strings import expand_block_strings
from hvae.config import ModelConfig
from hvae.errors import UserError
from hvae.run_files import CONFIG, MOMENTS, WEIGHTS, weights_file
from hvae.settings import from_dict, refuse_unknown, to_dict
from hvae.training.config import TrainingConfig

# Keys of a configuration file that belong to a run: they are handed on as they are.
_RUN_KEYS = {"dataset", "data_dir", "binarize", "dtype", "jit", "figures_every"}

_IMPORTERS = {
    "openai_vdvae": "import_openai_vdvae",
    "efficient_vdvae": "import_efficient_vdvae",
    "addtt_lvae": "import_addtt_lvae",
    "mgp123_nvae": "import_mgp123_nvae",
}


def main(arguments=None):
    """Run the command; returns the exit code."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    try:
        typed = _parser().parse_args(arguments)
        _import(typed)
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


class _Parser(argparse.ArgumentParser):
    def error(self, message):
        raise UserError(message)


def _parser():
    parser = _Parser(prog="python -m hvae.checkpoints", description=__doc__)
    parser.add_argument("codebase", choices=list(_IMPORTERS), help="which codebase wrote the file")
    parser.add_argument("file", help=".th, .pt, .safetensors or .npz with the state dict")
    parser.add_argument(
        "--config", required=True, help="name of a configuration in cfg/, or a YAML file"
    )
    parser.add_argument("--out", required=True, help="folder of the run to make")
    return parser


def _import(typed):
    from hvae import checkpoints
    from hvae.checkpoints.state_dict import read_state_dict

    folder = pathlib.Path(typed.out)
    if folder.exists():
        raise UserError(f"out: {folder} exists")
    values = expand_block_strings(_read_config(typed.config))
    names = {field.name for field in dataclasses.fields(ModelConfig)}
    of_training = {field.name for field in dataclasses.fields(TrainingConfig)}
    refuse_unknown(values, names | of_training | _RUN_KEYS)
    config = from_dict(ModelConfig, {k: v for k, v in values.items() if k in names})
    tensors = read_state_dict(typed.file)
    print(f"{typed.file}: {len(tensors)} tensors", flush=True)
    model = getattr(checkpoints, _IMPORTERS[typed.codebase])(tensors, config)
    folder.mkdir(parents=True)
    write_text(folder / CONFIG, yaml.safe_dump({**values, **to_dict(config)}, sort_keys=False))
    # A checkpoint is one set of weights: whichever a user asks for, these are they.
    for moment in MOMENTS:
        for kind in WEIGHTS:
            with replacing(folder / weights_file(moment, kind)) as path:
                model.save_weights(path)
    print(f"{model.count_params():,} parameters written to {folder}")


def _read_config(name):
    path = pathlib.Path(name)
    if path.suffix not in (".yaml", ".yml"):
        path = pathlib.Path("cfg") / f"{name}.yaml"
    if not path.is_file():
        raise UserError(f"config: no such file: {path}")
    values = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(values, dict):
        raise UserError(f"{path} must hold keys and values")
    return values


if __name__ == "__main__":
    sys.exit(main())
