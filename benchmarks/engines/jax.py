"""JAX."""

from benchmarks.engines._keras import KerasEngine


class JAXEngine(KerasEngine):
    """`jax.jit`; the weights are constants of the program."""

    label = "JAX, jit"
    keras_backend = "jax"

    def compiled(self, part, batch):
        import jax

        function = jax.jit(self.function(part))
        return lambda inputs: jax.device_get(function(inputs))
