"""What a stranger should know of the model."""

import pathlib

from utils.modes.base import Mode


class CardMode(Mode):
    """A model card: data, training, results, limits, configuration."""

    HELP = "a model card: data, training, results of evaluate, limits, configuration"
    HAS_BATCH_SIZE = False

    def add_flags(self, parser):
        pass

    def run(self, session):
        from hvae.files.atomic import write_text
        from utils.runs.model_card import model_card

        folder = pathlib.Path(session.request.run)
        text = model_card(folder, session.request.experiment, session.model)
        write_text(session.results.path("card.md"), text)
