"""What is typed in the words of other codebases: hyphens, old names, a family left out."""

import sys

from hvae.config import ModelConfig
from hvae.families import CONFIGS, families_with

#: What ladder-vae-pytorch calls its flags, where we do not.
_ALIASES = {
    "freebits": "free_bits",
    "nfilters": "n_filters",
    "lr": "learning_rate",
    "wd": "weight_decay",
    "no_bn": "no-batch_norm",
    "channels": "image_channels",
}
#: What it calls its data sets, and what they are here.
_DATASETS = {
    "static_mnist": {"dataset": "mnist", "binarize": "static"},
    "celeba": {"dataset": "celeba64_centre"},
    "multi_dsprites_binary_rgb": {"dataset": "multi_dsprites"},
    **{f"images{n}": {"dataset": "images", "image_size": [n]} for n in (32, 64, 128, 256)},
}


def spelled_as_here(arguments, known):
    """Arguments in which flags have the names that a parser knows.

    A hyphen is an underscore. An old name becomes ours, and a line on standard error says so.

    Args:
        arguments: what was typed.
        known: the parser's flags, with their hyphens.
    """
    by_key = {_key(flag): flag for flag in known}
    spelled = []
    for argument in arguments:
        flag, equals, value = argument.partition("=")
        if flag.startswith("--") and flag not in known:
            key = _key(flag)
            alias = f"--{_ALIASES.get(key, '')}"
            if key in by_key:
                flag = by_key[key]
            elif alias in known:
                print(f"{flag} is {alias} here", file=sys.stderr)
                flag = alias
        spelled.append(f"{flag}{equals}{value}")
    return spelled


def dataset_as_here(typed):
    """Values with a data set's old name replaced, and a line that says so.

    Args:
        typed: names and values, typed or of a file.
    """
    here = _DATASETS.get(typed.get("dataset"))
    if here is None:
        return typed
    flags = " ".join(f"--{name} {_words(value)}" for name, value in here.items())
    print(f"--dataset {typed['dataset']} is {flags} here", file=sys.stderr)
    return {**here, **typed, "dataset": here["dataset"]}


def with_family(values):
    """Values with the family that their names ask for, if none is named, and a line that says so.

    Args:
        values: flat names and values of a configuration.
    """
    if "model_family" in values:
        return values
    families, named = set(CONFIGS.names()), None
    for name in values:
        readers = set(families_with(name))
        if readers and not families <= readers:
            families, named = families & readers, named or name
    if len(families) != 1 or named is None or ModelConfig.model_family in families:
        return values
    family = families.pop()
    print(f"model_family {family}, to which {named} belongs", file=sys.stderr)
    return {**values, "model_family": family}


def _words(value):
    return " ".join(map(str, value)) if isinstance(value, list) else value


def _key(flag):
    return flag.removeprefix("--").replace("-", "_")
