"""Choose the best of many samples."""

import itertools
import sys

from hvae.errors import UserError
from utils.modes.base import Mode
from utils.modes.shared.choice import read_choice
from utils.modes.shared.mode_flags import add_number
from utils.modes.shared.sampling import Sampling, add_sampling_flags, check_sampling


class PickMode(Mode):
    """Numbered contact sheets, then a grid of the images that were chosen from them."""

    HELP = "look at many samples on numbered sheets, and choose some"

    def add_flags(self, parser):
        add_number(parser, "--num_images", 200, "how many to choose from", least=1, most=100_000)
        add_number(parser, "--per_sheet", 100, "images on one sheet", least=1, most=1024)
        parser.add_argument(
            "--choose",
            metavar="N,N,...",
            help="numbers of images, in the order of the final grid; no sheets are drawn then "
            "[default: asks in the terminal]",
        )
        add_sampling_flags(parser)

    def check(self, typed):
        if typed.choose is not None:
            read_choice(typed.choose, typed.num_images)

    def check_model(self, typed, config):
        check_sampling(typed, config)

    def run(self, session):
        typed, sampling = session.typed, Sampling(session)
        if typed.choose is not None:
            numbers = read_choice(typed.choose, typed.num_images)
            images = session.display.track(
                sampling.stream(numbers), "images", len(numbers), images=1
            )
            _write(session, sampling, numbers, list(images))
            return
        images = _draw_sheets(session, sampling)
        numbers = _ask(session, typed.num_images)
        if numbers is None:
            session.display.message(
                "look at the sheets, then choose by the same command with --choose, "
                "e.g. --choose 3,17,40"
            )
        else:
            _write(session, sampling, numbers, [images[number] for number in numbers])


def _draw_sheets(session, sampling):
    """Write the sheets as their images come; returns all images."""
    from utils.figures.shared.contact_sheet import draw_contact_sheet

    typed, levels = session.typed, sampling.levels
    stream = iter(
        session.display.track(
            sampling.stream(range(typed.num_images)), "images", typed.num_images, images=1
        )
    )
    images = []
    for sheet in range(-(-typed.num_images // typed.per_sheet)):
        first = len(images)
        images += itertools.islice(stream, typed.per_sheet)
        # An underscore before a number would say which command wrote it.
        path = session.results.path(f"sheet-{sheet + 1}.png")
        draw_contact_sheet(path, images[first:], levels, first, sampling.title)
    return images


def _ask(session, count):
    """The numbers that the user types; `None` if nobody is there to ask."""
    if not sys.stdin.isatty():
        return None
    for path in session.results.written:
        session.display.message(f"look at: {path}")
    while True:
        try:
            return read_choice(input("numbers, in the order of the grid: "), count)
        except UserError as error:
            session.display.message(str(error))
        except EOFError:
            return None


def _write(session, sampling, numbers, images):
    import numpy as np

    from utils.figures.shared.image_grid import draw_image_grid
    from utils.files.arrays_file import write_arrays

    title = f"{len(numbers)} chosen samples, {sampling.title}"
    draw_image_grid(session.results.path("picked.png"), images, sampling.levels, title)
    write_arrays(
        session.results.path("picked.npz"), images=np.stack(images), numbers=np.array(numbers)
    )
