"""What training needs of TensorFlow: a gradient, and compiled functions."""

import contextlib
import os

import tensorflow as tf

from hvae.training.backends.devices import (
    DevicesBase,
    check_all_used,
    lost_process,
    too_few_devices,
)

#: Operation that stands in a graph between a loss and its gradient.
_MARK = "gradient_starts"
#: What hands its inputs on without copying them.
_ALIASES = ("Identity", "IdentityN", "Reshape", "Squeeze", "ExpandDims", "StopGradient")
#: What is there with the weights.
_NOT_KEPT = ("Const", "ReadVariableOp")


def value_and_gradients(function, variables, others):
    """`function()` and the gradients of its first result.

    Args:
        function: takes nothing, returns `(scalar loss, anything)`.
        variables: Keras variables.
        others: not read.

    Returns:
        The function's result, and one gradient per variable.
    """
    with tf.GradientTape() as tape:
        loss, extra = function()
    tf.no_op(name=_MARK)
    gradients = tape.gradient(
        loss, [v.value for v in variables], unconnected_gradients=tf.UnconnectedGradients.ZERO
    )
    return (loss, extra), gradients


def kept_bytes(function, arguments):
    """Bytes of the tensors that a loss leaves for its gradient.

    Args:
        function: of `compiled`, calls `value_and_gradients` once. It is traced for the
            arguments, and not again when it is called with such.
        arguments: tensors, in any structure.
    """
    operations = function.get_concrete_function(*arguments).graph.get_operations()
    start = next(i for i, operation in enumerate(operations) if operation.name.endswith(_MARK))
    made_before = {operation.name for operation in operations[:start]}
    kept = {}
    for operation in operations[start:]:
        for tensor in map(_origin, operation.inputs):
            if tensor.op.name in made_before and tensor.op.type not in _NOT_KEPT:
                kept[tensor.name] = (tensor.shape.num_elements() or 0) * tensor.dtype.size
    return sum(kept.values())


def _origin(tensor):
    """The tensor whose memory this one shares."""
    while tensor.op.type in _ALIASES:
        tensor = tensor.op.inputs[tensor.value_index]
    return tensor


def compiled(function, variables, jit):
    """The function as a graph, through XLA if `jit`."""
    # No Python control flow depends on a tensor: rewriting it by AutoGraph takes seconds.
    return tf.function(function, jit_compile=jit, reduce_retracing=False, autograph=False)


def stepped(function, variables, jit):
    """The function as a graph, in which what is `compiled` may be a program of XLA."""
    return compiled(function, variables, jit=False)


drawing = stepped


def at_once(function):
    """The function, whose operations run one by one: a graph of them takes longer to trace."""
    return function


def shared(function):
    """The function as a graph of its own, which stays one however often it is called.

    Inlined into the graph that calls it, it would be optimised anew at every place.
    """
    return tf.function(function, autograph=False, experimental_attributes={"_noinline": True})


def recomputed(function):
    """The function, of which only the arguments are kept for the gradient.

    The gradient is a function of its own that is not inlined: it starts when the gradient of the
    results has arrived. TensorFlow would otherwise begin with all that needs no gradient, and
    hold what every block has computed again at the same time.

    Args:
        function: `function(values, inputs)`, two lists of tensors, gives a list of tensors.
    """

    @shared
    def backward(values, inputs, upstream):
        with tf.GradientTape() as tape:
            tape.watch([values, inputs])
            outputs = [y for y in function(values, inputs) if y.dtype.is_floating]
        return tape.gradient(outputs, [*values, *inputs], upstream, tf.UnconnectedGradients.ZERO)

    def whole(values, inputs):
        count = len(values)

        @tf.custom_gradient
        def forward(*tensors):
            cut = [tf.stop_gradient(tensor) for tensor in tensors]
            outputs = function(cut[:count], cut[count:])

            def gradient(*upstream):
                floating = [g for g, y in zip(upstream, outputs) if y.dtype.is_floating]
                return backward(list(tensors[:count]), list(tensors[count:]), floating)

            return outputs, gradient

        return forward(*values, *inputs)

    return whole


def fused(function):
    """The function as a program of XLA, also within a graph that XLA does not compile.

    An elementwise formula becomes one pass over memory, on all cores: GELU takes a third of the
    time, and one program serves all tensors of a shape.
    """
    return tf.function(function, jit_compile=True, autograph=False)


def uses_compiler(jit):
    """Whether XLA compiles the gradient, for `"on"`, `"off"` or `"auto"`: on an accelerator.

    On processors it compiles longer than it gains, and for deep models takes more memory
    than they have.
    """
    if jit == "auto":
        return has_accelerator()
    return jit == "on"


def describe_compiler(jit):
    """How a step is run, and how else it could be."""
    return "XLA (--no-jit: a graph)" if jit else "a graph (--jit: XLA)"


def has_accelerator():
    """Whether there is anything but processors to compute on."""
    return any(device.device_type != "CPU" for device in tf.config.get_visible_devices())


class Devices(DevicesBase):
    """Replicas of a `tf.distribute` strategy; the update is made across them.

    In a process of several that TF_CONFIG describes, the accelerators of all of them, each process
    with a part of the batch (`MultiWorkerMirroredStrategy`); else those of this one
    (`MirroredStrategy`).

    Args:
        count: how many; 0 for all accelerators, or one processor.
    """

    shares_means = False

    def __init__(self, count):
        self._strategy = None
        if "TF_CONFIG" in os.environ:
            self._strategy = tf.distribute.MultiWorkerMirroredStrategy()
            resolver = self._strategy.cluster_resolver
            self.shard = resolver.task_id
            self.num_shards = resolver.cluster_spec().num_tasks("worker")
            super().__init__(self._strategy.num_replicas_in_sync)
            check_all_used(count, self.count, self.num_shards)
            return
        kind = "GPU" if has_accelerator() else "CPU"
        if kind == "CPU" and count > 1:
            cpu, *_ = tf.config.list_physical_devices("CPU")
            parts = [tf.config.LogicalDeviceConfiguration()] * count
            with contextlib.suppress(RuntimeError):  # once it computes, it has what it has
                tf.config.set_logical_device_configuration(cpu, parts)
        found = [device.name for device in tf.config.list_logical_devices(kind)]
        super().__init__(count or len(found))
        if self.count > len(found):
            raise too_few_devices(self.count, len(found))
        if self.count > 1:
            self._strategy = tf.distribute.MirroredStrategy(found[: self.count])

    @contextlib.contextmanager
    def scope(self):
        with self._strategy.scope() if self._strategy else super().scope():
            try:
                yield
            except (tf.errors.UnavailableError, tf.errors.AbortedError) as error:
                raise lost_process(self, f"{type(error).__name__}\n{error}") from error

    def predicted(self, function, inputs):
        if self.count == 1:
            return function(inputs)
        rows = len(tf.nest.flatten(inputs)[0])
        if rows % self.count:
            # Keras joins what the devices give, which is the same.
            outputs = function(inputs)
            return tf.nest.map_structure(lambda y: y[: len(y) // self.count], outputs)
        part = rows // self.count

        def of_replica(context):
            start = context.replica_id_in_sync_group * part
            return tf.nest.map_structure(lambda x: tf.constant(x[start : start + part]), inputs)

        return function(self._strategy.experimental_distribute_values_from_function(of_replica))

    def wait_for_all(self):
        if self.num_shards > 1:
            with self.scope():
                self._strategy.reduce("SUM", self._strategy.run(lambda: tf.ones(())), axis=None)

    def _on_all(self, function):
        of_process = self.count // self.num_shards

        def of_replica(images, noise, settings):
            number = tf.distribute.get_replica_context().replica_id_in_sync_group
            number -= self.shard * of_process

            def own(tensor):
                part = tensor.shape[0] // of_process
                start = [number * part] + [0] * (tensor.shape.rank - 1)
                return tf.slice(tensor, start, [part, *tensor.shape[1:]])

            result = function(*tf.nest.map_structure(own, (images, noise)), settings)
            return tf.nest.map_structure(tf.convert_to_tensor, result)

        def averaged(*arguments):
            results = self._strategy.run(of_replica, arguments)
            # One by one: processes would pack what is small, whatever its shape.
            return tf.nest.map_structure(
                lambda result: self._strategy.reduce("MEAN", result, axis=None), results
            )

        return averaged
