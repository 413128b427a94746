"""What an exported folder says about itself: `manifest.json`. Needs neither keras nor a runtime."""

import dataclasses
import hashlib
import json
import pathlib
import re

from hvae.deploy.port import Port
from hvae.errors import UserError
from hvae.files.atomic import write_text
from hvae.files.json_text import json_text

MANIFEST = "manifest.json"
FORMAT, VERSION = "hvae export", 2


@dataclasses.dataclass(frozen=True)
class PartDescription:
    """One exported part."""

    files: dict  # SHA-256 by path inside the folder
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    verification: dict  # how far its numbers are from those of the source model


@dataclasses.dataclass(frozen=True)
class Manifest:
    """An exported model."""

    exported_to: str  # "openvino", "onnx" or "saved_model"
    precision: str  # "fp32", "fp16" or "int8"
    batch: int | None  # images of a batch; None: any number
    config_sha256: str
    weights_sha256: str
    image_size: tuple[int, int]
    image_channels: int
    levels: int
    noise_shapes: tuple  # (height, width, z_width) of every block, smallest scale first
    uniform_shapes: dict  # of the uniforms of p(x|z), by name
    likelihood: str
    versions: dict  # of the packages that made it
    parts: dict  # `PartDescription` by name


def write_manifest(folder, manifest):
    """Write `manifest.json` into a folder."""
    values = {"format": FORMAT, "version": VERSION, **dataclasses.asdict(manifest)}
    values["batch"] = manifest.batch or "dynamic"
    for part in values["parts"].values():
        for direction in ("inputs", "outputs"):
            part[direction] = [port._asdict() for port in part[direction]]
    write_text(pathlib.Path(folder) / MANIFEST, _for_people(json_text(values)) + "\n")


def read_manifest(folder):
    """Read the manifest of an exported folder.

    Raises:
        UserError: if there is none, or it is damaged or of another version.
    """
    path = pathlib.Path(folder) / MANIFEST
    if not path.is_file():
        raise UserError(f"{folder} is not an exported model: {MANIFEST} is missing")
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        found = (values.pop("format"), values.pop("version"))
        if found != (FORMAT, VERSION):
            raise UserError(
                f"{path}: must be {FORMAT!r}, version {VERSION}. "
                f"Received: {found[0]!r}, version {found[1]}"
            )
        return _manifest(values)
    except UserError:
        raise
    except (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(f"{path} is damaged ({' '.join(str(error).split())})") from error


def check_files(folder, part, description):
    """Refuse files that are not those that were exported.

    Args:
        folder: the exported folder.
        part: name of the part.
        description: its `PartDescription`.

    Raises:
        UserError: names the file.
    """
    for name, expected in description.files.items():
        path = pathlib.Path(folder) / name
        if not path.is_file():
            raise UserError(f"{folder} is incomplete: {name} of {part} is missing")
        if file_checksum(path) != expected:
            raise UserError(
                f"{path} is not the file that {MANIFEST} describes: it is damaged, or one of the "
                "two belongs to another export"
            )


def file_checksum(path):
    """SHA-256 of a file, hexadecimal."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _for_people(text):
    """Indented JSON with its innermost lists and objects in one line each."""
    for innermost in (r"\[[^\[\]{}]*\]", r"\{[^{}]*\}"):
        text = re.sub(innermost, lambda match: " ".join(match.group().split()), text)
    return text


def _manifest(values):
    batch = values["batch"]
    _require(batch == "dynamic" or (_is_whole(batch) and batch > 0), f"batch {batch!r}")
    _require(all(map(_is_whole, (values["levels"], values["image_channels"]))), "an image's form")
    return Manifest(
        **{
            **values,
            "batch": None if batch == "dynamic" else batch,
            "image_size": _shape(values["image_size"]),
            "noise_shapes": tuple(map(_shape, values["noise_shapes"])),
            "uniform_shapes": {n: _shape(s) for n, s in values["uniform_shapes"].items()},
            "parts": {name: _part(part) for name, part in values["parts"].items()},
        }
    )


def _part(values):
    return PartDescription(
        files={_file(name): checksum for name, checksum in values["files"].items()},
        inputs=tuple(map(_port, values["inputs"])),
        outputs=tuple(map(_port, values["outputs"])),
        verification=values["verification"],
    )


def _port(values):
    _require(isinstance(values["name"], str) and isinstance(values["dtype"], str), "a port")
    return Port(**{**values, "shape": _shape(values["shape"])})


def _shape(values):
    sizes = tuple(values)
    _require(all(_is_whole(size) and size > 0 for size in sizes), f"shape {list(sizes)}")
    return sizes


def _file(name):
    """A path inside the folder."""
    path = pathlib.PurePosixPath(name)
    _require(not path.is_absolute() and ".." not in path.parts, f"file {name}")
    return name


def _is_whole(value):
    return isinstance(value, int) and not isinstance(value, bool)


def _require(is_right, what):
    if not is_right:
        raise ValueError(f"{what} is wrong")
