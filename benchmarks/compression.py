"""What lossless compression makes of images, beside PNG, WebP and JPEG XL.

    python -m benchmarks.compression RUN [--num_images 100] [--write]

The first images of the test split, by a run of its own. The other codes are Pillow's, one file an
image, of the pixels' values, all lossless and at their slowest; sizes are bits a dimension.
Prints a Markdown table, and with `--write` puts it into `docs/compression.md`.
"""

import argparse
import io
import math
import os
import pathlib
import time

import numpy as np

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.training.table import markdown

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "compression.md"
HEADER = ("code", "bits/dim", "encoded, images/s", "decoded, images/s")
_BATCH = 16
_PILLOWS = {
    "PNG": {"format": "PNG", "optimize": True},
    "WebP": {"format": "WebP", "lossless": True, "quality": 100, "method": 6},
    "JPEG XL": {"format": "JXL", "lossless": True, "effort": 9},
}


def main():
    typed = _parse()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import yaml

    from data.load import load_splits
    from hvae.loading import load_model

    values = yaml.safe_load((pathlib.Path(typed.run) / "config.yaml").read_text(encoding="utf-8"))
    images = load_splits(values["dataset"], values["data_dir"]).test[: typed.num_images]
    model = load_model(typed.run)
    rows = [*_ours(model, images), *pillows(images, model.config.levels)]
    text = f"{len(images)} images of {values['dataset']}; {machine.description()}"
    table = f"{text}\n\n{markdown(HEADER, rows)}"
    print(table)
    if typed.write:
        write_section("compression", table, PAGE)


def _ours(model, images):
    from keras import ops

    from hvae.compression.compressor import Compressor, allowed_batch
    from hvae.compression.keras_walks import KerasWalks

    compressor = Compressor(KerasWalks(model), allowed_batch(model.config.image_size, _BATCH))
    compressed, encoding = _timed(lambda: compressor.compress(images))
    again, decoding = _timed(lambda: compressor.decompress(compressed))
    assert np.array_equal(again, images)
    elbo = ops.convert_to_numpy(model(images, model.draw_noise(len(images), 0)).elbo).sum()
    bits, first = 32 * len(compressed.words), compressed.initial_bits
    rates = (f"{len(images) / encoding:.0f}", f"{len(images) / decoding:.0f}")
    yield ("−ELBO, one sample", f"{-elbo / math.log(2.0) / images.size:.3f}", "", "")
    yield ("bits-back", f"{(bits - first) / images.size:.3f}", *rates)
    yield ("with its initial bits", f"{bits / images.size:.3f}", *rates)


def pillows(images, levels):
    """Rows of the codes of single images."""
    import pillow_jxl  # noqa: F401, adds a format to Pillow
    from PIL import Image

    pictures = [Image.fromarray(i[..., 0] if i.shape[-1] == 1 else i) for i in images]
    for name, settings in _PILLOWS.items():
        if name == "PNG" and levels == 2:
            pictures_of_code = [Image.fromarray(i[..., 0].astype(bool)) for i in images]
        else:
            pictures_of_code = pictures
        files, encoding = _timed(lambda p=pictures_of_code, s=settings: [_saved(x, s) for x in p])
        found, decoding = _timed(lambda files=files: [_opened(f) for f in files])
        # WebP has no grey images: it gives three equal channels.
        assert all(np.array_equal(a.convert(b.mode), b) for a, b in zip(found, pictures_of_code)), (
            name
        )
        yield (
            name,
            f"{8 * sum(map(len, files)) / images.size:.3f}",
            f"{len(images) / encoding:.2g}",
            f"{len(images) / decoding:.2g}",
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


def _timed(work):
    start = time.perf_counter()
    result = work()
    return result, time.perf_counter() - start


def _parse():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("run", help="folder of a run")
    parser.add_argument("--num_images", type=int, default=100)
    parser.add_argument("--write", action="store_true", help="the table into docs/compression.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
