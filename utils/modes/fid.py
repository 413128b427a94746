"""How far samples are from the data."""

import pathlib

from hvae.errors import UserError
from utils.files.json_file import write_json
from utils.modes.base import Mode
from utils.modes.shared.mode_flags import SPLITS, add_number
from utils.modes.shared.sampling import Sampling, add_sampling_flags, check_sampling


class FidMode(Mode):
    """FID and inception score of samples against a split, by torch-fidelity."""

    HELP = "FID and inception score of samples against a split, by torch-fidelity"

    def add_flags(self, parser):
        add_number(parser, "--num_images", 10000, "samples to draw; papers use 50000", least=10)
        parser.add_argument("--split", choices=SPLITS, default="train", help="[default train]")
        add_number(parser, "--num_split_images", 0, "the first N images of the split; 0 for all", 0)
        parser.add_argument(
            "--data_dir",
            metavar="TEXT",
            help="folder with the data set's files [default as in training]",
        )
        parser.add_argument(
            "--weights_file",
            metavar="FILE",
            help="weights of the inception network [default where torch keeps downloaded files]",
        )
        add_sampling_flags(parser)

    def check(self, typed):
        if typed.weights_file is not None and not pathlib.Path(typed.weights_file).is_file():
            raise UserError(f"weights_file: no such file. Received: {typed.weights_file}")

    def check_model(self, typed, config):
        check_sampling(typed, config)

    def run(self, session):
        typed, sampling = session.typed, Sampling(session)

        from hvae.inference.evaluation.fid import (
            import_torch_fidelity,
            inception_weights,
            sample_quality,
        )
        from hvae.inference.generation.generated_images import GeneratedImages

        # Before anything is loaded or drawn.
        import_torch_fidelity()
        weights_file = inception_weights(typed.weights_file)
        images = session.split(typed.split)
        images = images[: typed.num_split_images or len(images)]
        quality = sample_quality(
            GeneratedImages(sampling.stream, typed.num_images),
            images,
            session.model.config.levels,
            weights_file,
            batch_size=typed.batch_size,
            verbose=True,
            sample_levels=sampling.levels,
        )
        dataset = session.request.experiment.run.dataset
        session.display.message(
            f"FID {quality.fid:.4f}, inception score {quality.inception_score:.4f} ± "
            f"{quality.inception_score_std:.4f}: {typed.num_images} samples at {sampling.title}, "
            f"{typed.split} split of {dataset}, {len(images)} images; "
            f"{quality.implementation} {quality.version}"
        )
        results = {
            **quality._asdict(),
            "weights_file": str(weights_file),
            "num_samples": typed.num_images,
            "split": f"{typed.split} split of {dataset}",
            "num_split_images": len(images),
            **sampling.facts,
        }
        write_json(session.results.path("fid.json"), results)
