"""What each level of the hierarchy decides, and what it costs."""

from hvae.errors import UserError
from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import add_image_flags, add_number, add_output_flag


class HierarchyMode(Mode):
    """Upper blocks from the posterior, the rest from the prior; and the time of every scale."""

    HELP = "upper blocks from the posterior and the rest from the prior; time per scale"

    def add_flags(self, parser):
        add_image_flags(parser, num_images=4)
        add_number(parser, "--draws", 8, "draws of each row", least=2, most=1000)
        parser.add_argument(
            "--rows",
            choices=("scale", "block"),
            default="scale",
            help="from one row to the next, one scale or one block more comes from the posterior "
            "[default scale]",
        )
        add_output_flag(parser, "mean")
        text = "runs of which times are the median; 0: none"
        add_number(parser, "--time_repeats", 10, text, least=0, most=10_000)

    def run(self, session):
        request, repeats = session.request, session.typed.time_repeats
        if repeats and request.backend == "openvino":
            raise UserError(
                "time_repeats: must be 0 with backend openvino, which does not run eagerly. "
                f"Received: {repeats}"
            )
        self._draw(session)
        if session.typed.time_repeats:
            self._time(session)

    def _draw(self, session):
        import numpy as np

        from hvae.images.eight_bits import eight_bits
        from hvae.inference.inspection.hierarchy import HierarchySampler
        from hvae.inference.inspection.informative_blocks import block_information
        from utils.figures.hierarchy import draw_hierarchy, draw_remaining_deviation

        typed, model, results = session.typed, session.model, session.results
        _, active = block_information(model, typed.seed, typed.batch_size)
        counts, labels = _rows(model.config.latent_scales, typed.rows, active)
        levels = model.likelihood.output_levels(typed.output)
        sampler = HierarchySampler(model, typed.output, typed.batch_size)
        deviations = []
        images = session.progress("images", images=1)(np.asarray(session.images))
        for i, (number, image) in enumerate(zip(session.numbers, images)):
            draws = sampler(image, counts, typed.draws, typed.seed, number)
            # The number does not end the name with "_3": that would count commands.
            shown = eight_bits(image, model.config.levels)
            draw_hierarchy(results.path(f"image{i}.png"), shown, draws, labels, levels)
            std = draws.std / (levels - 1)
            deviations.append(np.sqrt(np.square(std).mean(axis=(1, 2))))
        deviations = np.array(deviations)
        draw_remaining_deviation(
            results.path("deviation.png"),
            deviations,
            labels,
            f"{session.images_name}, {typed.draws} draws",
        )
        values = {
            "images": len(deviations),
            "images_name": session.images_name,
            "weights": session.weights_name,
            "draws": typed.draws,
            "output": typed.output,
            "seed": typed.seed,
            "unit": "standard deviation over the draws, root mean square over the pixels, "
            "share of the range of intensities",
            "rows": [
                {
                    "blocks_from_posterior": count,
                    "label": labels[row],
                    "mean": float(deviations[:, row].mean()),
                    "images": deviations[:, row].tolist(),
                }
                for row, count in enumerate(counts)
            ],
        }
        write_json(results.path("deviation.json"), values)

    def _time(self, session):
        import numpy as np

        from hvae.inference.inspection.walk_times import walk_times
        from utils.figures.walk_times import draw_walk_times

        typed, model, results = session.typed, session.model, session.results
        images = np.asarray(session.images)
        times = walk_times(
            model, images, typed.time_repeats, typed.seed, session.progress("times", len(images))
        )
        milliseconds = _milliseconds(times, model.config)
        setting = f"{len(images)} images at a time, eager, {session.weights_name}"
        values = {
            "setting": setting,
            "repeats": typed.time_repeats,
            "milliseconds": {
                name: dict(
                    zip(
                        ("encoder", "decoder_posterior", "decoder_prior"),
                        (None if np.isnan(time) else float(time) for time in of_scale),
                    )
                )
                for name, of_scale in milliseconds.items()
            },
        }
        write_json(results.path("times.json"), values)
        draw_walk_times(
            results.path("times.png"), milliseconds, f"{setting}: median of {typed.time_repeats}"
        )
        encoder, posterior, prior = np.nansum(list(milliseconds.values()), axis=0)
        session.display.message(
            f"{session.request.run}: {setting}: encoder {encoder:.1f} ms, "
            f"decoder with z from q {posterior:.1f} ms, with z from p {prior:.1f} ms"
        )


def _rows(scales, step, active_units):
    """Per row, how many blocks come from the posterior, and its label.

    A row whose own blocks have no active unit is that above it, which the label says.
    """
    names = [str(scale) for scale in scales]
    counts, labels = [0], ["none"]
    for count, name in enumerate(names, start=1):
        ends_scale = count == len(names) or names[count] != name
        if step == "block" or ends_scale:
            label = f"to {name}" if step == "scale" else f"{count} of {len(names)}"
            is_empty = not any(active_units[counts[-1] : count])
            counts.append(count)
            labels.append(f"{label} (empty)" if is_empty else label)
    return tuple(counts), labels


def _milliseconds(times, config):
    """Name of a scale, or of the head → times of the encoder, and of the decoder twice."""
    from hvae.training.metrics import by_scale

    encoder = by_scale(times.encoder[::-1], config.scales[::-1])
    posterior, prior = (by_scale(t[:-1], config.latent_scales) for t in times[1:])
    missing = float("nan")
    rows = {
        name: tuple(1000.0 * part.get(name, missing) for part in (encoder, posterior, prior))
        for name in encoder
    }
    rows["head"] = (missing, 1000.0 * times.posterior[-1], 1000.0 * times.prior[-1])
    return rows
