"""`keras.saving.load_model` finds `HVAE` after nothing but `import hvae`.

Keras makes the model of a `.keras` file with the class that was registered under the name in the
file, and imports no module of ours to find it. `hvae.model` registers `HVAE`, but it imports keras,
and `import hvae` must not: the backend can still be chosen after it, and it works where keras
is not installed. So `import hvae` registers a stand-in, which imports `hvae.model` when it is asked
for a model: at once if keras is there, otherwise as soon as somebody has imported it. Nothing
else happens when `hvae` is imported.
"""

import contextlib
import sys

# What `register_keras_serializable` calls `hvae.model.HVAE`.
_NAME = "hvae>HVAE"


def register_with_keras():
    """Let Keras know of `HVAE`: now, or as soon as keras has been imported."""
    if sys.modules.get("keras"):
        _register_stand_in()
    else:
        sys.meta_path.insert(0, _KerasFinder())


class _StandIn:
    """In the place of `HVAE` until `hvae.model`, once imported, puts the class itself there."""

    @classmethod
    def from_config(cls, config):
        from hvae.model import HVAE

        return HVAE.from_config(config)


def _register_stand_in():
    from keras.saving import get_custom_objects

    # If hvae is imported anew, the class itself may be there.
    get_custom_objects().setdefault(_NAME, _StandIn)


class _KerasFinder:
    """A finder of `sys.meta_path` that registers the stand-in after the import of keras.

    It leaves the list then. It stays when that import fails, and when somebody only asks
    where keras is.
    """

    def find_spec(self, name, path=None, target=None):
        if name != "keras":
            return None
        following = sys.meta_path[sys.meta_path.index(self) + 1 :]
        found = (f.find_spec(name, path, target) for f in following if hasattr(f, "find_spec"))
        spec = next((spec for spec in found if spec is not None), None)
        # A folder of that name that is no package has no loader.
        if spec is not None and spec.loader is not None:
            spec.loader = _KerasLoader(spec.loader, self)
        return spec


class _KerasLoader:
    """The loader of keras, but for what follows the import."""

    def __init__(self, loader, finder):
        self._loader = loader
        self._finder = finder

    def __getattr__(self, name):
        return getattr(self._loader, name)

    def exec_module(self, module):
        # Whoever looks at keras from here on finds the loader that it has without us.
        module.__loader__ = module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self._finder)
        _register_stand_in()
