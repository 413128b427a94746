"""The process of one engine; started by a `WorkerProcess`.

    python -m benchmarks.worker ENGINE FOLDER

Reads one JSON object a line, `{"part", "batch", "outputs"}`, runs that case once, writes its
outputs to the file `outputs` unless that is null, and answers with `{"seconds"}` or
`{"error"}`.
"""

import functools
import json
import os
import sys

from benchmarks.engines import ENGINES
from benchmarks.inference_files import InferenceFiles
from benchmarks.timing import seconds_of
from hvae.files.atomic import replacing
from utils.command_line.environment import set_environment


def main():
    name, folder = sys.argv[1:]
    # What libraries print must not come between the answers.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    engine_class = ENGINES[name]
    os.environ.update(engine_class.environment)
    set_environment(engine_class.keras_backend or "tensorflow", "none")
    files = InferenceFiles(folder)
    engine = functools.cache(lambda: engine_class(files))
    inputs = functools.cache(files.inputs)
    compiled = functools.cache(lambda part, batch: engine().compiled(part, batch))
    for line in sys.stdin:
        case = json.loads(line)
        part, batch = case["part"], case["batch"]
        try:
            answer = _run(compiled(part, batch), inputs(part, batch), case["outputs"])
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {' '.join(str(error).split())}"}
        print(json.dumps(answer), file=answers)


def _run(function, inputs, path):
    outputs = {}
    seconds = seconds_of(lambda: outputs.update(function(inputs)))
    if path:
        import numpy as np

        with replacing(path) as temporary:
            np.savez(temporary, **outputs)
    return {"seconds": seconds}


if __name__ == "__main__":
    main()
