"""What a mode of `load_model.py` has to provide."""


class Mode:
    """One thing to do with a trained model; named like its file.

    Modules of modes are imported before the backend is chosen: what imports keras is
    imported by `run`.
    """

    #: One line for `--help`.
    HELP = ""

    #: The only backend under which it runs, or `None` for any.
    BACKEND = None

    #: Whether `--batch_size` is one of its flags.
    HAS_BATCH_SIZE = True

    #: Whether several devices may share the images of a batch.
    SHARES_BATCHES = False

    def add_flags(self, parser):
        """Add the mode's own flags, beside those of `utils.modes.shared.mode_flags`."""

    def check(self, typed):
        """Refuse values before anything is loaded.

        Args:
            typed: the flags' values by name, as argparse gives them.

        Raises:
            UserError: one line: the flag, what is allowed, what came.
        """

    def check_model(self, typed, config):
        """Refuse values that do not fit the run's model, before anything is loaded.

        Args:
            typed: as of `check`.
            config: the run's `ModelConfig`.

        Raises:
            UserError: as `check`.
        """

    def run(self, session):
        """Do it.

        Args:
            session: a `Session`.
        """
        raise NotImplementedError
