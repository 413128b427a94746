"""`--plugin`: files of the user's own, executed before the flags that they add to are read."""

from hvae.errors import UserError
from hvae.registry.plugins import load_plugin
from utils.command_line.display import get_display
from utils.command_line.environment import backend_needed, set_environment
from utils.command_line.quiet import native_messages_hidden
from utils.experiments.run_settings import BACKENDS


def add_plugin_flag(parser):
    """A file to execute; several, if it is typed several times."""
    parser.add_argument(
        "--plugin",
        metavar="FILE",
        action="append",
        default=[],
        help="file of Python with parts of your own: families, likelihoods, flows, data sets; "
        "may be given again",
    )


def load_plugins(paths, backend, gpu, gpu_is_typed=False):
    """Choose the backend, and execute plugins, which may import keras.

    Args:
        paths: of the files; with none of them nothing is done.
        backend: the Keras backend.
        gpu, gpu_is_typed: as of `set_environment`.

    Returns:
        A tuple of `Plugin`s.

    Raises:
        UserError: if the backend is unknown or not installed, or as `load_plugin`.
    """
    if not paths:
        return ()
    if backend not in BACKENDS:
        raise UserError(f"backend: allowed are {', '.join(BACKENDS)}. Received: {backend}")
    set_environment(backend, str(gpu), gpu_is_typed)
    with native_messages_hidden(), get_display().waiting(f"loading {backend}"):
        with backend_needed(backend):
            import keras  # noqa: F401
        return tuple(load_plugin(path) for path in paths)


def spell_flag(path):
    """What to type for a plugin."""
    return f"--plugin {path}"
