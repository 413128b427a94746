"""A package, so that no other `tests` that something installs is found in its place.

Before anything in it is imported, in the processes that tests start too, the environment is set
and Keras imported.
"""

import gc
import os
import pathlib

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
# Three processes share the cores, and tiny models have nothing to divide.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Tests compile far more than they compute: the first two make JAX three times as fast with them,
# and the others halve twice what a program takes to compile.
os.environ.setdefault(
    "XLA_FLAGS",
    "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"
    " --xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1"
    " --xla_cpu_enable_concurrency_optimized_scheduler=false",
)
# A program's operations need not say where they come from: half of what it has to be compiled.
os.environ.setdefault("JAX_TRACEBACK_IN_LOCATIONS_LIMIT", "0")
# What JAX has compiled once it reads from here: later in the run, in another process, or tomorrow.
os.environ.setdefault(
    "JAX_COMPILATION_CACHE_DIR", str(pathlib.Path(__file__).parents[1] / ".pytest_cache" / "jax")
)
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")

from utils.command_line.keras_import import import_keras  # noqa: E402

gc.disable()
import_keras()
# What is imported stays: no use to look through it for garbage, again and again.
gc.freeze()
gc.enable()

if os.environ["KERAS_BACKEND"] == "jax":
    from tests.shared_context import share_contexts

    share_contexts()

if os.environ["KERAS_BACKEND"] == "tensorflow":
    from tensorflow import config

    # It takes longer to improve a graph than the few runs that gain from it.
    config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
