"""What a format of exported programs has to provide."""

import abc
import importlib.util
import shutil

from hvae.errors import UserError


class Format(abc.ABC):
    """Writes programs, and reads them back to verify them; named like its file.

    Args:
        precision: one of `precisions`.
    """

    #: What the weights can be stored as, and computed with.
    precisions = ("fp32",)
    #: Whether programs are written with the outputs that only measurements need, which
    #: `publish` then drops.
    has_parameters = False

    def __init__(self, precision):
        self.precision = precision

    @property
    @abc.abstractmethod
    def packages(self):
        """Packages that must be installed, by the name under which they are imported."""

    @abc.abstractmethod
    def write(self, program, folder, calibration=None):
        """Write a program.

        Args:
            program: a `Program`.
            folder: where to, as `PART` with the format's ending.
            calibration: inputs by name, of many images, for precisions that need them.
        """

    def publish(self, source, folder, part):
        """Put a part that `write` has written where its users find it.

        Args:
            source: the folder that it is in.
            folder: where to.
            part: name of the part.
        """
        for path in source.iterdir():
            shutil.move(path, folder)

    @abc.abstractmethod
    def load(self, folder, part):
        """The program of a part as a function from arrays by name to arrays by name."""

    def check_installed(self):
        """Refuse what is not installed.

        Raises:
            UserError: names the package, and how to get it.
        """
        for package in self.packages:
            if importlib.util.find_spec(package) is None:
                raise UserError(
                    f"{package} is not installed; pip install -r requirements/export.txt has it"
                )
