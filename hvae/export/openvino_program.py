"""A program that OpenVINO has compiled. Needs nothing but NumPy and OpenVINO."""

import pathlib

from hvae.errors import UserError

#: What a program is compiled for.
HINTS = ("latency", "throughput")
#: Arithmetic of the operations that are not integers; "device": whatever OpenVINO prefers.
PRECISIONS = ("f32", "f16", "bf16", "device")


class OpenVINOProgram:
    """Arrays by name in, arrays by name out.

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
        settings = {"PERFORMANCE_HINT": hint.upper()}
        if precision != "device":
            settings["INFERENCE_PRECISION_HINT"] = precision
        self.hint = hint
        try:
            self._compiled = openvino.Core().compile_model(pathlib.Path(path), device, settings)
        except RuntimeError as error:
            raise UserError(f"OpenVINO cannot run {path} on {device} ({_reason(error)})") from error
        self._queue = openvino.AsyncInferQueue if hint == "throughput" else None

    def __call__(self, inputs):
        """Outputs by name of one batch."""
        return self._by_name(self._compiled(inputs))

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
        queue = self._queue(self._compiled)

        def keep(request, key):
            number, count = key
            values = {n: x.copy() for n, x in self._by_name(request.results).items()}
            finished[number] = values, count

        queue.set_callback(keep)
        for number, (inputs, count) in enumerate(batches):
            queue.start_async(inputs, (number, count))
        queue.wait_all()
        yield from (finished[number] for number in sorted(finished))

    def _by_name(self, results):
        return {port.get_any_name(): values for port, values in results.items()}


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
