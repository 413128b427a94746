"""Arrays that are too large for memory, as members of an `.npz` archive."""

import shutil

import numpy as np


def copy_array(archive, name, file, dtype, shape):
    """Copy an array's bytes from an open file into an archive, as `numpy.load` reads them.

    Args:
        archive: a `zipfile.ZipFile`, open for writing.
        name: the array's name.
        file: binary file with the array's values in C order, from where it stands.
        dtype: of the values, a `numpy.dtype`.
        shape: of the array.
    """
    header = {"descr": dtype.str, "fortran_order": False, "shape": shape}
    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
        np.lib.format.write_array_header_1_0(member, header)
        shutil.copyfileobj(file, member)
