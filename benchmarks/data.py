"""How fast images come, and how much memory that takes.

    python -m benchmarks.data [--sizes 32 64 256 1024] [--seconds 5] [--write]

For every size a folder of JPEG files twice as wide and high is made: photographs have other sizes
than models. Stages: decoding them (the first start), reading kept ones in the order of an epoch,
cold (the file is put out of the system's cache before) and warm, and whole batches with mirroring,
as training gets them. Beside it: `keras.utils.image_dataset_from_directory`, which decodes in every
epoch. By the processor's seconds of the process, so that what else runs counts little; cold reading
by the clock, since it waits for the disk.

Memory: the peak of a process that takes batches of a set of 1024x1024 images, of any number of
them, in a file without content. `--write` puts the table into `benchmarks/README.md` and the figure
into `docs/images/data_memory.png`.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import numpy as np

from benchmarks import machine
from benchmarks.readme import write_section
from benchmarks.training.table import markdown

FIGURE = pathlib.Path(__file__).parents[1] / "docs" / "images" / "data_memory.png"
HEADER = (
    "size",
    "decoding, per CPU s",
    "reading cold, per s",
    "reading warm, per CPU s",
    "batches, per CPU s",
    "Keras from files, per CPU s",
    "batches / Keras",
)
#: Images of the sets whose memory is measured: the last is FFHQ's.
COUNTS = (70, 700, 7000, 70000)
BATCH = 32


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[32, 64, 256, 1024])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--write", action="store_true", help="into README.md and the figure")
    parser.add_argument("--one", nargs="+", help=argparse.SUPPRESS)
    typed = parser.parse_args()
    if typed.one:
        name, *arguments = typed.one
        print(json.dumps(_MEASUREMENTS[name](*arguments, typed.seconds)))
        return
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for size in typed.sizes:
            rows.append(_row(size, folder, typed.seconds))
        peaks = {
            how: [_measure("memory", how, count, folder, seconds=typed.seconds) for count in counts]
            for how, counts in (("batches", COUNTS), ("map", COUNTS), ("array", COUNTS[:2]))
        }
    text = f"{machine.description()}.\n\n{markdown(HEADER, rows)}\n\n{_memory_text(peaks)}"
    print(text)
    if typed.write:
        write_section("data", text)
        _draw(peaks)


def _row(size, folder, seconds):
    count = max(64, min(4000, 40_000_000 // size**2))
    photos = folder / f"photos{size}"
    _write_photographs(photos / "all", count, 2 * size)
    ours = _measure("ours", photos, size, seconds=seconds)
    keras = _measure("keras", photos, size, seconds=seconds)
    values = [ours[name] for name in ("decoding", "cold", "warm", "batches")] + [keras]
    return (
        f"{size}x{size}, {count:,} files",
        *(f"{v:,.0f}" for v in values),
        f"{ours['batches'] / keras:.0f}",
    )


def _measure(name, *arguments, seconds):
    """What one measurement gives, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.data", "--seconds", str(seconds), "--one", name]
    run = subprocess.run([*command, *map(str, arguments)], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout.splitlines()[-1])


def _write_photographs(folder, count, side):
    """Smooth pictures with noise, which compress as photographs do."""
    from PIL import Image

    folder.mkdir(parents=True)
    generator = np.random.default_rng(0)
    for index in range(count):
        small = generator.integers(0, 256, (8, 8, 3), dtype=np.uint8)
        picture = np.asarray(Image.fromarray(small).resize((side, side), Image.Resampling.BICUBIC))
        noisy = picture + generator.integers(-6, 7, (side, side, 1))
        image = Image.fromarray(noisy.clip(0, 255).astype(np.uint8))
        image.save(folder / f"{index:05}.jpg", quality=92)


def _ours(folder, size, seconds):
    from data.load import load_splits
    from data.picture_settings import PictureSettings
    from data.training_batches import TrainingBatches

    settings = PictureSettings(image_size=(int(size), int(size)))
    start = time.process_time()
    train = load_splits("images", folder, pictures=settings).train
    decoding = sum(map(len, load_splits("images", folder, pictures=settings)))
    results = {"decoding": decoding / (time.process_time() - start)}
    stored = train.images
    with open(stored.path, "rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    order = np.random.default_rng(0).permutation(len(train))
    start = time.perf_counter()
    for first in range(0, len(order), BATCH):
        train[order[first : first + BATCH]]
    results["cold"] = len(order) / (time.perf_counter() - start)

    def read():
        for first in range(0, len(order), BATCH):
            yield train[order[first : first + BATCH]]

    results["warm"] = _per_second(lambda epoch: read(), seconds)
    batches = TrainingBatches(train, BATCH, 0, horizontal_flip=True)
    results["batches"] = _per_second(batches.epoch, seconds)
    return results


def _keras(folder, size, seconds):
    os.environ["KERAS_BACKEND"] = "tensorflow"
    import keras

    dataset = keras.utils.image_dataset_from_directory(
        folder,
        labels=None,
        batch_size=BATCH,
        image_size=(int(size), int(size)),
        crop_to_aspect_ratio=True,
        verbose=False,
    )
    next(iter(dataset))
    return _per_second(lambda epoch: dataset, seconds)


def _per_second(batches_of_epoch, seconds):
    """Images per second of the processor, of whole epochs."""
    start, count, epoch = time.process_time(), 0, 0
    while time.process_time() - start < seconds:
        count += sum(len(batch) for batch in batches_of_epoch(epoch))
        epoch += 1
    return count / (time.process_time() - start)


def _memory(how, count, folder, seconds):
    """GB that a process holds at most while it takes batches."""
    import resource

    from data.rows import Rows
    from data.stored_images import StoredImages
    from data.training_batches import TrainingBatches

    path = pathlib.Path(folder) / f"{count}.npy"
    if not path.is_file():
        np.lib.format.open_memmap(path, "w+", np.uint8, (int(count), 1024, 1024, 3))
    images = {
        "batches": lambda: StoredImages(path),
        "map": lambda: Rows(np.load(path, mmap_mode="r"), np.arange(int(count))),
        "array": lambda: np.load(path),
    }[how]()
    batches = TrainingBatches(images, BATCH, 0, horizontal_flip=True)
    start = time.perf_counter()
    for _ in batches.epoch(0):
        if time.perf_counter() > start + seconds:
            break
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def _memory_text(peaks):
    largest = f"{COUNTS[-1]:,} images of 1024x1024 ({COUNTS[-1] * 3 * 2**20 / 1e9:.0f} GB)"
    return (
        f"Peak memory of a process that takes batches of {BATCH}: {peaks['batches'][0]:.2f} GB of "
        f"{COUNTS[0]} images, {peaks['batches'][-1]:.2f} GB of {largest}."
    )


def _draw(peaks):
    from utils.figures.shared.canvas import figure

    labels = {"batches": "rows are read (this package)", "map": "memory map", "array": "array"}
    with figure(FIGURE, size=(6.0, 3.6)) as (_, axes):
        axis = axes[0, 0]
        for how, values in peaks.items():
            sizes = [count * 3 * 2**20 / 1e9 for count in COUNTS[: len(values)]]
            axis.plot(sizes, values, marker="o", label=labels[how])
        axis.axhline(1.0, color="#8a8f98", linewidth=0.8, linestyle="--")
        axis.set(xscale="log", yscale="log", xlabel="size of the set, GB")
        axis.set_ylabel("peak memory of the process, GB")
        axis.set_ylim(0.1, 10)
        axis.set_title(f"Batches of {BATCH} images of 1024x1024, shuffled")
        axis.legend(frameon=False)
        axis.spines[["top", "right"]].set_visible(False)


_MEASUREMENTS = {"ours": _ours, "keras": _keras, "memory": _memory}

if __name__ == "__main__":
    main()
