"""What lossless compression makes of images, beside PNG, WebP and JPEG XL.

    python -m benchmarks.compression RUN [RUN ...] [--num_images 100] [--split test]
        [--engines tensorflow jax torch openvino] [--write]

The first images of a split, by a run of their own, whose folder names them. Every engine writes a
file in one process and reads it in another, where the images are compared; `openvino` is the export
in `RUN/openvino`. The other codes are Pillow's, one file an image, of the pixels' values, all
lossless and at their slowest; sizes are bits a dimension. Prints a Markdown table for each run, and
with `--write` puts them into `docs/compression.md`, with a chart of the sizes, and a table of these
into `README.md`.
"""

import argparse
import io
import pathlib
import sys
import tempfile
import time

import numpy as np

from benchmarks import machine
from benchmarks.compression_chart import draw_sizes
from benchmarks.compression_worker import EXPORTED
from benchmarks.readme import FRONT_PAGE, write_section
from benchmarks.training.table import markdown
from benchmarks.worker_process import WorkerError, WorkerProcess

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "compression.md"
FIGURE = PAGE.parent / "images" / "compression.png"
HEADER = ("code", "bits/dim", "encoded, images/s", "decoded, images/s", "peak, MB")
LABELS = {
    "tensorflow": "bits-back, TensorFlow",
    "jax": "bits-back, JAX",
    "torch": "bits-back, PyTorch",
    EXPORTED: "bits-back, exported program",
}
_PILLOWS = {
    "PNG": {"format": "PNG", "optimize": True},
    "WebP": {"format": "WebP", "lossless": True, "quality": 100, "method": 6},
    "JPEG XL": {"format": "JXL", "lossless": True, "effort": 9},
}
#: Of the table on the first page.
SIZES_HEADER = ("bits/dim", "−ELBO, one sample", "bits-back", *_PILLOWS)
_PATIENCE = 7200  # seconds


def main():
    typed = _parser().parse_args()
    tables, sizes = [], []
    for run in typed.runs:
        images, levels = read_images(run, typed.split, typed.num_images)
        height, width, channels = images.shape[1:]
        about = (
            f"{len(images):,} {typed.split} images of {pathlib.Path(run).name} "
            f"({height}×{width}×{channels}, {levels} levels)"
        )
        rows = [*ours(run, images, typed.engines), *pillows(images, levels)]
        tables.append(f"{about}:\n\n{markdown(HEADER, rows)}")
        print(tables[-1], flush=True)
        sizes.append((about, *size_columns(rows)))
    if typed.write:
        write_section("compression", "\n\n".join([f"{machine.description()}.", *tables]), PAGE)
        write_section("compression", markdown(SIZES_HEADER, sizes), FRONT_PAGE)
        draw_sizes(
            FIGURE, {about: dict(zip(SIZES_HEADER[1:], map(float, row))) for about, *row in sizes}
        )


def size_columns(rows):
    """Bits/dim of the codes of `SIZES_HEADER`: of ours, those of the first engine.

    Args:
        rows: of a table under `HEADER`.
    """
    bound, first, *others = rows
    sizes = {row[0]: row[1] for row in others}
    return bound[1], first[1], *(sizes[name] for name in _PILLOWS)


def read_images(run, split, count):
    """The first images of a split as a run sees them, and its levels."""
    from hvae.loading import read_config
    from utils.experiments.experiment import Experiment

    experiment = Experiment.of_run(run, read_config(run))
    splits = experiment.in_use.load_splits()
    images = np.asarray(getattr(splits, split)[:count])
    return images, experiment.model.levels


def ours(run, images, engines):
    """Rows of −ELBO and of bits-back coding by each engine.

    Raises:
        SystemExit: if an engine fails, or images come back changed.
    """
    rows, bound = [], None
    with tempfile.TemporaryDirectory() as folder:
        question = {"images": f"{folder}/images.npy", "file": f"{folder}/images.hvae"}
        np.save(question["images"], images)
        for engine in engines:
            if bound is None and engine != EXPORTED:
                bound = _asked(run, engine, question, "bound")[0]["bits"] / images.size
                rows.append(("−ELBO, one sample", f"{bound:.3f}", "", "", ""))
            written, peak = _asked(run, engine, question, "compress")
            read, peak_of_reading = _asked(run, engine, question, "decompress")
            bits, first = written["bits"], written["initial_bits"]
            rows.append(
                (
                    LABELS[engine],
                    f"{(bits - first) / images.size:.3f}",
                    _rate(len(images) / written["seconds"]),
                    _rate(len(images) / read["seconds"]),
                    f"{max(peak, peak_of_reading):,.0f}",
                )
            )
    rows.append(("with its initial bits", f"{bits / images.size:.3f}", "", "", ""))
    return rows


def _asked(run, engine, question, what):
    """The answer of a process of its own, and its peak of memory, MiB."""
    folder = pathlib.Path(run) / EXPORTED if engine == EXPORTED else run
    module = "benchmarks.compression_worker"
    worker = WorkerProcess(module, folder, engine, patience=_PATIENCE)
    try:
        return worker.ask(do=what, **question), worker.peak_mb
    except WorkerError as error:
        sys.exit(f"{run}, {engine}, {what}: {error}")
    finally:
        worker.stop()


def pillows(images, levels):
    """Rows of the codes of single images."""
    import pillow_jxl  # noqa: F401, adds a format to Pillow
    from PIL import Image

    arrays = images[..., 0] if images.shape[-1] == 1 else images
    for name, settings in _PILLOWS.items():
        # PNG has one bit a pixel for these.
        is_binary = levels == 2 and name == "PNG"
        pictures = [Image.fromarray(a.astype(bool) if is_binary else a) for a in arrays]
        files, encoding = _timed(lambda p=pictures, s=settings: [_saved(x, s) for x in p])
        found, decoding = _timed(lambda files=files: [_opened(f) for f in files])
        for picture, again in zip(pictures, found):
            # WebP has no grey images: it gives three equal channels.
            assert np.array_equal(again.convert(picture.mode), picture), name
        yield (
            name,
            f"{8 * sum(map(len, files)) / images.size:.3f}",
            _rate(len(images) / encoding),
            _rate(len(images) / decoding),
            "",
        )


def _saved(picture, settings):
    file = io.BytesIO()
    picture.save(file, **settings)
    return file.getvalue()


def _opened(file):
    from PIL import Image

    picture = Image.open(io.BytesIO(file))
    picture.load()
    return picture


def _rate(images_per_second):
    digits = 0 if images_per_second >= 10 else 2
    return f"{images_per_second:,.{digits}f}"


def _timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _parser():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("runs", nargs="+", metavar="RUN", help="folder of a run")
    parser.add_argument("--num_images", type=int, default=100)
    parser.add_argument("--split", default="test", choices=("train", "validation", "test"))
    parser.add_argument(
        "--engines", nargs="+", choices=LABELS, default=[e for e in LABELS if e != EXPORTED]
    )
    parser.add_argument(
        "--write", action="store_true", help="into docs/compression.md and README.md"
    )
    return parser


if __name__ == "__main__":
    main()
