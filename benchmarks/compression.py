"""What lossless compression makes of images, beside PNG and WebP.

    python -m benchmarks.compression RUN [--num_images 100] [--write]

The first images of the test split, by a run of its own. PNG and WebP (lossless, slowest) are
Pillow's, one file an image, of the pixels' values; sizes are bits a dimension.
Prints a Markdown table, and with `--write` puts it into `docs/compression.md`.
"""

import argparse
import io
import math
import os
import pathlib
import time

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.training.table import markdown

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "compression.md"
HEADER = ("code", "bits/dim", "encoded, images/s", "decoded, images/s")
_BATCH = 16


def main():
    typed = _parse()
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    import yaml

    from data.load import load_splits
    from hvae.loading import load_model

    values = yaml.safe_load((pathlib.Path(typed.run) / "config.yaml").read_text(encoding="utf-8"))
    images = load_splits(values["dataset"], values["data_dir"]).test[: typed.num_images]
    rows = [*_ours(load_model(typed.run), images), *_pillows(images)]
    text = f"{len(images)} images of {values['dataset']}; {machine.description()}"
    table = f"{text}\n\n{markdown(HEADER, rows)}"
    print(table)
    if typed.write:
        write_section("compression", table, PAGE)


def _ours(model, images):
    import numpy as np
    from keras import ops

    from hvae.compression.compressor import Compressor

    compressor = Compressor(model, _BATCH)
    compressed, encoding = _timed(lambda: compressor.compress(images))
    again, decoding = _timed(lambda: compressor.decompress(compressed))
    assert np.array_equal(again, images)
    elbo = ops.convert_to_numpy(model(images, model.draw_noise(len(images), 0)).elbo).sum()
    bits, first = 32 * len(compressed.words), compressed.initial_bits
    rates = (f"{len(images) / encoding:.0f}", f"{len(images) / decoding:.0f}")
    yield ("−ELBO, one sample", f"{-elbo / math.log(2.0) / images.size:.3f}", "", "")
    yield ("bits-back", f"{(bits - first) / images.size:.3f}", *rates)
    yield ("with its initial bits", f"{bits / images.size:.3f}", *rates)


def _pillows(images):
    from PIL import Image

    pictures = [Image.fromarray(i[..., 0] if i.shape[-1] == 1 else i) for i in images]
    for name, settings in (
        ("PNG", {"format": "PNG", "optimize": True}),
        ("WebP, lossless", {"format": "WebP", "lossless": True, "quality": 100, "method": 6}),
    ):
        files, encoding = _timed(lambda settings=settings: [_saved(p, settings) for p in pictures])
        _, decoding = _timed(lambda files=files: [Image.open(io.BytesIO(f)).load() for f in files])
        yield (
            name,
            f"{8 * sum(map(len, files)) / images.size:.3f}",
            f"{len(images) / encoding:.0f}",
            f"{len(images) / decoding:.0f}",
        )


def _saved(picture, settings):
    file = io.BytesIO()
    picture.save(file, **settings)
    return file.getvalue()


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
