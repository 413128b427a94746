"""The process of one engine of the benchmark of compression; started by a `WorkerProcess`.

    python -m benchmarks.compression_worker RUN BACKEND
    python -m benchmarks.compression_worker FOLDER openvino

Reads one JSON object a line, `{"do", "images", "file"}`, and answers with what `Worker` says, or
`{"error"}`. Images are a `.npy` file.
"""

import json
import math
import os
import sys
import time

from utils.command_line.environment import set_environment

#: The engine that runs what `export` has written; the others are Keras's backends.
EXPORTED = "openvino"
_BATCH = 16


class Worker:
    """What can be asked of it."""

    def __init__(self, folder, engine):
        from hvae.compression.compressor import Compressor, allowed_batch

        self._model = None
        if engine == EXPORTED:
            from hvae.deploy import OpenVINOModel

            self._walks = OpenVINOModel(folder).walks()
        else:
            from hvae.compression.keras_walks import KerasWalks
            from hvae.loading import load_model

            self._model = load_model(folder)
            self._walks = KerasWalks(self._model)
        self._batch = allowed_batch(self._walks.image_size, _BATCH)
        self._compressor = Compressor(self._walks, self._batch)

    def compress(self, images, file):
        """Seconds, and bits of the file and of those that the first batch takes."""
        from hvae.compression.file_format import checksum, write_compressed

        # What is compiled is compiled once.
        self._compressor.compress(images[: self._batch])
        start = time.perf_counter()
        compressed = self._compressor.compress(images)
        seconds = time.perf_counter() - start
        write_compressed(file, compressed, checksum(images), self._batch, self._walks.fingerprint)
        bits = 32 * len(compressed.words)
        return {"seconds": seconds, "bits": bits, "initial_bits": compressed.initial_bits}

    def decompress(self, images, file):
        """Seconds; it is an error if other images come out."""
        import numpy as np

        from hvae.compression.file_format import read_compressed

        compressed, _, _ = read_compressed(file, self._walks.fingerprint)
        start = time.perf_counter()
        found = self._compressor.decompress(compressed)
        seconds = time.perf_counter() - start
        if not np.array_equal(found, images):
            raise ValueError("other images came out")
        return {"seconds": seconds}

    def bound(self, images, file):
        """Bits of −ELBO, one sample of each image."""
        from hvae.inference.running.batches import numbered_batches
        from hvae.inference.running.compiled_function import CompiledFunction
        from hvae.noise.draws import latent_noise

        elbo = CompiledFunction(self._model, lambda inputs: self._model(*inputs).elbo)
        nats = 0.0
        for _, batch, numbers, count in numbered_batches(images, self._batch):
            noise = latent_noise(self._model, numbers, 0)
            nats -= elbo.run((batch, noise))[:count].sum(dtype="float64")
        return {"bits": nats / math.log(2.0)}


def main():
    folder, engine = sys.argv[1:]
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    if engine != EXPORTED:
        set_environment(engine, "none")
    worker = Worker(folder, engine)
    import numpy as np

    for line in sys.stdin:
        question = json.loads(line)
        try:
            images = np.load(question["images"], allow_pickle=False)
            answer = getattr(worker, question["do"])(images, question["file"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        print(json.dumps(answer), file=answers)


if __name__ == "__main__":
    main()
