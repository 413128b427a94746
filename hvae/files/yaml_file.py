"""Names and values from YAML."""

import yaml

from hvae.checks.received import received
from hvae.errors import UserError


def read_yaml(path):
    """Names and values of a YAML file.

    Args:
        path: a `pathlib.Path`.

    Returns:
        A dictionary; empty for an empty file.

    Raises:
        UserError: if it cannot be read, is no YAML, nested without end, does not hold names and
            values, or has a name twice.
    """
    try:
        values = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)
    except RecursionError as error:
        raise UserError(f"{path} is not valid YAML: it is nested too deep") from error
    except (yaml.YAMLError, ValueError, OSError) as error:
        raise UserError(f"{path} is not valid YAML: {_reason(error)}") from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise UserError(f"{path}: must hold names and values. Received: {received(values)}")
    return values


def _reason(error):
    """What is wrong, and in which line, without what only its reader knows."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    if isinstance(error, yaml.reader.ReaderError):
        return f"character {error.character:#x} at place {error.position}: {error.reason}"
    # Of a number with thousands of digits Python goes on with how to read it all the same.
    return " ".join(str(error).partition(";")[0].split())


class _Loader(yaml.SafeLoader):
    """YAML's safe one, which would take the last of two equal keys without a word."""

    def construct_mapping(self, node, deep=False):
        keys = set()
        for key_node, _ in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise yaml.YAMLError(f"the key in line {line} is no word")
            if key_node.value in keys:
                raise yaml.YAMLError(f"key {key_node.value} is there twice, again in line {line}")
            keys.add(key_node.value)
        return super().construct_mapping(node, deep)
