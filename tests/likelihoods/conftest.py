"""Under JAX a method of a likelihood is one program here: operation by operation it is fifty."""

import keras
import pytest

from hvae.likelihoods import LIKELIHOODS


@pytest.fixture(scope="module", autouse=True)
def _methods_are_compiled():
    if keras.config.backend() != "jax":
        yield
        return
    import jax

    with pytest.MonkeyPatch.context() as patch:
        for likelihood in map(LIKELIHOODS.__getitem__, LIKELIHOODS.names()):
            for name in ("nll", "mean", "mode", "sample"):
                patch.setattr(
                    likelihood, name, jax.jit(getattr(likelihood, name), static_argnums=0)
                )
        yield
