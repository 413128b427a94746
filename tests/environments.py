"""Environments of their own for tests: an interpreter, and the packages that it can import."""

import importlib.metadata
import pathlib
import subprocess
import venv


class Environment:
    """A new virtual environment, in which no package is installed.

    Args:
        folder: where to.
    """

    def __init__(self, folder):
        venv.create(folder, with_pip=False, symlinks=True)
        self.python = folder / "bin" / "python"
        (self.site_packages,) = folder.glob("lib/python*/site-packages")

    def link(self, path):
        """Let it import a package, or what else lies in a `site-packages`, from where it is."""
        (self.site_packages / path.name).symlink_to(path)

    def link_distributions(self, *names):
        """Let it import installed distributions, those and no others."""
        for name in names:
            distribution = importlib.metadata.distribution(name)
            tops = {file.parts[0] for file in distribution.files if file.parts[0] != ".."}
            for top in tops:
                self.link(pathlib.Path(distribution.locate_file(top)))

    def run(self, code, *arguments, cwd):
        """Run code, which sees nothing but this environment.

        Args:
            code: the text.
            arguments: `sys.argv[1:]`.
            cwd: the folder to run it in.
        """
        command = [self.python, "-I", "-c", code, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
        assert done.returncode == 0, done.stderr[-3000:]
