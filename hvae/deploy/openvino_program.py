"""A program that OpenVINO has compiled. Needs nothing but NumPy and OpenVINO."""

import pathlib
import threading

import numpy as np

from hvae.errors import UserError

#: What a program is compiled for.
HINTS = ("latency", "throughput")
#: Arithmetic of the operations that are not integers; "device": whatever OpenVINO prefers.
PRECISIONS = ("f32", "f16", "bf16", "device")


class OpenVINOProgram:
    """Arrays by name in, arrays by name out. Threads that share one take turns.

    Args:
        path: the `.xml` file.
        device: an OpenVINO device.
        hint: `"latency"`: one batch at a time, as soon as possible; `"throughput"`: many at
            once.
        precision: one of `PRECISIONS`. On processors with bfloat16 units OpenVINO takes
            that by itself, which is fast and wrong by a percent.

    Raises:
        UserError: if OpenVINO is not installed, an argument is wrong, or OpenVINO cannot
            read the file or does not know the device.
    """

    def __init__(self, path, device="CPU", hint="latency", precision="f32"):
        openvino = import_openvino()
        check_settings(hint, precision)
        # Threads that are bound to a core wait for whatever else runs there.
        settings = {"PERFORMANCE_HINT": hint.upper(), "ENABLE_CPU_PINNING": False}
        if precision != "device":
            settings["INFERENCE_PRECISION_HINT"] = precision
        try:
            self._compiled = openvino.Core().compile_model(pathlib.Path(path), device, settings)
        except RuntimeError as error:
            raise UserError(f"OpenVINO cannot run {path} on {device} ({_reason(error)})") from error
        self._request = self._compiled.create_infer_request()
        self._memory = {}  # where the request reads its inputs, by name
        self._outputs = tuple(port.get_any_name() for port in self._compiled.outputs)
        self._queue = openvino.AsyncInferQueue(self._compiled) if hint == "throughput" else None
        self._lock = threading.Lock()

    def __call__(self, inputs):
        """Outputs by name of one batch."""
        # Written to where the program reads them: to be handed arrays by name takes OpenVINO
        # as long as a small model takes to run.
        with self._lock:
            for name, values in inputs.items():
                if name not in self._memory or self._memory[name].shape != values.shape:
                    tensor = self._request.get_tensor(name)
                    tensor.shape = values.shape
                    self._memory[name] = tensor.data
                np.copyto(self._memory[name], values)
            self._request.infer()
            return self._outputs_of(self._request)

    def stream(self, batches):
        """Outputs of many batches, in their order.

        Args:
            batches: iterable of arrays by name, and how many images of the batch count.

        Yields:
            Arrays by name, and how many images of them count.
        """
        if self._queue is None:
            for inputs, count in batches:
                yield self(inputs), count
            return
        finished = {}

        def keep(request, key):
            number, count = key
            finished[number] = self._outputs_of(request), count

        with self._lock:
            self._queue.set_callback(keep)
            for number, (inputs, count) in enumerate(batches):
                self._queue.start_async(inputs, (number, count))
            self._queue.wait_all()
        yield from (finished[number] for number in sorted(finished))

    def _outputs_of(self, request):
        return {name: request.get_tensor(name).data.copy() for name in self._outputs}


def check_settings(hint, precision):
    """Refuse what a program cannot be compiled for.

    Raises:
        UserError: names the argument, what is allowed, and what came.
    """
    for name, value, allowed in (("hint", hint, HINTS), ("precision", precision, PRECISIONS)):
        if value not in allowed:
            raise UserError(f"{name}: allowed are {', '.join(allowed)}. Received: {value}")


def import_openvino():
    """OpenVINO.

    Raises:
        UserError: if it is not installed.
    """
    try:
        import openvino
    except ModuleNotFoundError as error:
        raise UserError("openvino is not installed; pip install openvino") from error
    return openvino


def _reason(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:200] if lines else "no reason given"
