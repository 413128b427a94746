"""One variable of a MATLAB 5 file."""

from scipy.io import loadmat, whosmat
from scipy.io.matlab import MatReadError

from data.files import check_size, reading


def read_mat_array(path, name):
    """An array as the file has it.

    Raises:
        UserError: if the file is damaged, lacks it, or it would be too large.
    """
    with reading(path, MatReadError):
        shapes = {variable: shape for variable, shape, _ in whosmat(path)}
        if name not in shapes:
            raise ValueError(f"no variable {name}")
        # Before it is unpacked: of bytes or of eight times as many.
        size = 1
        for length in shapes[name]:
            size *= length
        check_size(path, name, size)
        return loadmat(path, variable_names=[name])[name]
