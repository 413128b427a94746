"""Read the dictionaries of arrays that CIFAR's authors pickled, and nothing else."""

import pickle


class _ArrayUnpickler(pickle.Unpickler):
    """Knows the constructors of NumPy arrays only: a file cannot run code of its own."""

    _allowed = {
        ("numpy.core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
        ("numpy._core.multiarray", "_reconstruct"): ("numpy._core.multiarray", "_reconstruct"),
        ("numpy", "ndarray"): ("numpy", "ndarray"),
        ("numpy", "dtype"): ("numpy", "dtype"),
        ("_codecs", "encode"): ("_codecs", "encode"),
    }

    def find_class(self, module, name):
        if (module, name) not in self._allowed:
            raise ValueError(f"unexpected content {module}.{name}")
        return super().find_class(*self._allowed[module, name])


def load_python2_dictionary(file):
    """A pickled dictionary of arrays, lists and strings, keys as text.

    Raises:
        ValueError: if the file asks for anything but NumPy arrays.
    """
    content = _ArrayUnpickler(file, encoding="bytes").load()
    return {
        key.decode() if isinstance(key, bytes) else key: value for key, value in content.items()
    }
