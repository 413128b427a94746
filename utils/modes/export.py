"""Programs that run without Keras."""

import importlib.util
import pathlib

from hvae.checks.typed_numbers import whole_number
from hvae.errors import UserError
from hvae.export.formats import FORMATS
from hvae.export.parts import PARTS
from hvae.export.target import check_target
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_data_flag, add_number

_PRECISIONS = ("fp32", "fp16", "int8")
_LARGEST_BATCH = 4096


class ExportMode(Mode):
    """Parts of the model as OpenVINO, ONNX or SavedModel programs, each verified."""

    HELP = "write parts of the model for machines without Keras: OpenVINO, ONNX, SavedModel"
    # Graphs of JAX do not convert.
    BACKEND = "tensorflow"
    # Results do not depend on it, and beside `--batch` it would mislead.
    HAS_BATCH_SIZE = False

    def add_flags(self, parser):
        parser.add_argument(
            "--format", choices=FORMATS.names(), default="openvino", help="[default openvino]"
        )
        parser.add_argument(
            "--parts",
            metavar="PART,PART",
            help="generate: noise to images; reconstruct: images to images; encode: images to "
            "latents; score: images to ELBO, NLL and KL; detect: images to the bounds that say how "
            "unusual they are; compress and pixels: what lossless compression asks of the model "
            "[default all that the model has]",
        )
        parser.add_argument(
            "--precision",
            choices=_PRECISIONS,
            default="fp32",
            help="fp16: weights of half the size; int8: 8-bit convolutions (both with openvino "
            "only) [default fp32]",
        )
        parser.add_argument(
            "--batch",
            default="dynamic",
            metavar="N",
            help="images of a batch, or dynamic for any number; 1 is fastest for one image "
            "[default dynamic]",
        )
        add_number(
            parser,
            "--max_bits_lost",
            0.02,
            "below fp32: refuse to lose more bits/dim than this on the validation images",
            least=0.0,
            kind=float,
        )
        add_number(
            parser,
            "--num_images",
            256,
            "validation images to measure what is lost below fp32; 0 for all",
            least=0,
        )
        add_number(
            parser, "--calibration_images", 300, "training images for int8's ranges", least=1
        )
        parser.add_argument(
            "--to",
            metavar="FOLDER",
            help="where to; an export that is there is replaced, whichever parts and precision it "
            "has [default RUN/FORMAT]",
        )
        add_data_flag(parser)

    def check(self, typed):
        parts = _parts(typed) or ()
        for name in parts:
            PARTS.check(name)
        if len(set(parts)) < len(parts):
            raise UserError(f"parts: every part once. Received: {typed.parts}")
        _batch(typed)
        check_target(_folder(typed))
        if importlib.util.find_spec("tensorflow") is None:
            raise UserError(
                "export runs under TensorFlow, whichever backend trained, and it is not "
                "installed; pip install -r requirements/train.txt has it"
            )

    def check_model(self, typed, config):
        for name in _parts(typed) or ():
            PARTS[name].check(config)

    def run(self, session):
        from hvae.deploy.manifest import MANIFEST
        from hvae.export.exporter import Exporter
        from hvae.export.formats import get_format
        from hvae.export.report import verification_line

        typed = session.typed
        # Before the model is loaded: is all there that this format needs?
        get_format(typed.format, typed.precision)
        folder = _folder(typed)
        images = session.split("validation")
        calibration = None
        if typed.precision == "int8":
            calibration = session.split("train")[: typed.calibration_images]
        export = Exporter(
            session.model,
            typed.format,
            typed.precision,
            _batch(typed),
            typed.max_bits_lost,
            typed.seed,
            session.display,
        )
        if (folder / MANIFEST).is_file():
            session.display.message(f"replaces the export in {folder}")
        manifest = export(folder, images[: typed.num_images or None], _parts(typed), calibration)
        for name, description in manifest.parts.items():
            session.display.message(verification_line(name, description))
        session.results.written.append(folder)


def _parts(typed):
    """The parts that were asked for; `None` for all."""
    return typed.parts and [name.strip() for name in typed.parts.split(",")]


def _folder(typed):
    """Where the export goes."""
    return pathlib.Path(typed.to or pathlib.Path(typed.run) / typed.format)


def _batch(typed):
    """Images of a batch, or `None`."""
    if typed.batch == "dynamic":
        return None
    batch = whole_number(typed.batch)
    if batch is None or not 1 <= batch <= _LARGEST_BATCH:
        raise UserError(
            f"batch: must be a number from 1 to {_LARGEST_BATCH}, or dynamic. "
            f"Received: {typed.batch}"
        )
    return batch
