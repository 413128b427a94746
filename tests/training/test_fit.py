"""The loop over epochs, and what it leaves in the folder."""

import csv
import dataclasses
import io
import random
import shutil

import numpy as np
import pytest

from hvae.errors import UserError
from hvae.files.states import read_state, state_files
from hvae.inference.evaluation.evaluator import Evaluator
from hvae.model import HVAE
from hvae.training.config import TrainingConfig
from hvae.training.progress import Progress
from hvae.training.stopped import Stopped
from tests.conftest import one_block_config, random_images, tiny_config
from tests.disks import files_of_at_most
from tests.trained_under import small_nvae

# What evaluates a model is traced for every run, and is tested elsewhere.
pytestmark = pytest.mark.usefixtures("op_by_op")

BATCH, IMAGES = 8, 40
CONFIG = one_block_config()


class Run:
    """A short training run in a folder; optionally interrupted."""

    def __init__(self, folder, resume=False, model_config=None, **settings):
        from data.training_batches import TrainingBatches
        from hvae.training.checkpoint import Checkpoint
        from hvae.training.fit import Fit
        from hvae.training.logs.csv_log import CSVLog
        from hvae.training.logs.tensorboard_log import TensorBoardLog
        from hvae.training.trainer import Trainer

        self.folder = folder
        values = {"batch_size": BATCH, "epochs": 3, "learning_rate": 0.02, "ema_decay": 0.9}
        config = TrainingConfig(**{**values, **settings})
        random.seed(config.seed)
        self.model = HVAE(model_config or CONFIG)
        images = random_images(self.model.config, IMAGES)
        batches = TrainingBatches(images, config.data_batch_size, config.seed)
        self.trainer = Trainer(self.model, config, len(batches), jit=False)
        self.checkpoint = Checkpoint(folder, self.trainer)
        say = resume if callable(resume) else (lambda line: None)
        self.progress = self.checkpoint.restore(say) if resume else Progress()
        self.fit = Fit(
            self.trainer,
            batches,
            Evaluator(self.model, 10),
            random_images(self.model.config, 10, seed=1),
            self.progress,
            self.checkpoint,
            logs=[CSVLog(folder / "metrics.csv"), TensorBoardLog(folder / "tensorboard")],
        )

    def copied_after(self, *updates):
        """The folder as a process would leave it that ends there: beside it, by the updates."""
        start, count = self.trainer.start_update, 0

        def copying(images):
            nonlocal count
            if count in updates:
                shutil.copytree(self.folder, self.folder.with_name(f"ended after {count}"))
            count += 1
            return start(images)

        self.trainer.start_update = copying
        return self

    def state(self):
        return [np.array(v) for v in [*self.model.variables, *self.trainer.state]]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    folder.mkdir()
    run = Run(folder, checkpoint_every=3).copied_after(5, 7, 9)
    assert run.fit.run() == "all 3 epochs done"
    return folder, run


@pytest.mark.parametrize(
    "updates", [5, 7, 9, pytest.param(7, marks=pytest.mark.tensorflow, id="7, in a graph")]
)
def test_a_resumed_run_equals_one_left_alone_bit_for_bit(whole, updates):
    """Ended at an epoch's end, and in the middle of one (saved every 3 updates)."""
    folder, run = whole
    part = folder.with_name(f"ended after {updates}")
    resumed = Run(part, resume=True, checkpoint_every=3)
    assert resumed.trainer.updates_done == {5: 5, 7: 6, 9: 9}[updates]
    resumed.fit.run()
    for a, b in zip(run.state(), resumed.state()):
        np.testing.assert_array_equal(a, b)
    rows = [
        [{k: v for k, v in row.items() if k != "images_per_second"} for row in r.progress.history]
        for r in (run, resumed)
    ]
    assert rows[0] == rows[1]
    for name in ("best_ema", "best_raw", "latest_ema", "latest_raw"):
        a, b = (_read_weights(f / f"{name}.weights.h5") for f in (folder, part))
        for x, y in zip(a, b):
            np.testing.assert_array_equal(x, y)


def _read_weights(path):
    model = HVAE(CONFIG)
    model.load_weights(path)
    return [np.array(v) for v in model.weights]


def test_what_layers_and_regularisation_keep_is_resumed_too(tmp_path):
    """Moving statistics and singular vectors, which are not trained."""
    settings = {
        "model_config": small_nvae(),
        "regularization_constant": 0.1,
        "regularization_start": 10.0,
        "kl_balancing": True,
        "beta_warmup_epochs": 2,
        "checkpoint_every": 3,
        "epochs": 2,
    }
    (tmp_path / "whole").mkdir()
    run = Run(tmp_path / "whole", **settings).copied_after(7)
    start = run.state()
    run.fit.run()
    resumed = Run(tmp_path / "ended after 7", resume=True, **settings)
    assert resumed.trainer.updates_done == 6
    resumed.fit.run()
    for a, b in zip(run.state(), resumed.state()):
        np.testing.assert_array_equal(a, b)
    kept = run.trainer.layer_state
    assert len(kept) > 20
    changed = [not np.array_equal(a, b) for a, b in zip(start, run.state())]
    # All but a few counters and the bias of what batch normalisation follows.
    assert np.mean(changed) > 0.95


def test_augmented_copies_are_resumed_too(tmp_path):
    settings = {"cr_vae": True, "epochs": 2, "checkpoint_every": 3}
    (tmp_path / "whole").mkdir()
    run = Run(tmp_path / "whole", **settings).copied_after(13)
    run.fit.run()
    # Half as many images of the data in an update.
    assert run.trainer.updates_done == 2 * IMAGES // (BATCH // 2)
    resumed = Run(tmp_path / "ended after 13", resume=True, **settings)
    assert resumed.trainer.updates_done == 12
    resumed.fit.run()
    for a, b in zip(run.state(), resumed.state()):
        np.testing.assert_array_equal(a, b)
    rows = [r.progress.history[-1]["train_consistency_bits_per_dim"] for r in (run, resumed)]
    assert rows[0] == rows[1] > 0.0


def test_saved_weights_are_those_that_the_names_say(whole):
    folder, run = whole
    averages = [np.array(v) for v in run.trainer.update.averages]
    for name, expected in (("latest_raw", run.trainer.variables), ("latest_ema", averages)):
        for a, b in zip(_read_weights(folder / f"{name}.weights.h5"), expected):
            np.testing.assert_array_equal(a, np.array(b))


def test_best_is_the_best_validation_elbo_of_the_average(whole):
    folder, run = whole
    history = run.progress.history
    losses = [row["validation_negative_elbo_bits_per_dim"] for row in history]
    assert run.progress.best_epoch == 1 + int(np.argmin(losses))
    model = HVAE(CONFIG)
    model.load_weights(folder / "best_ema.weights.h5")
    # In other batches than while training.
    evaluation = Evaluator(model, 7)(random_images(model.config, 10, seed=1))
    assert model.reporter(-evaluation.elbo.mean()) == pytest.approx(min(losses), rel=1e-6)
    # Sums of the same numbers, in another order.
    best = model.reporter(-run.fit.best_evaluation.elbo.mean())
    assert best == pytest.approx(min(losses), rel=1e-12)


def test_metrics_are_written_with_their_units(tmp_path):
    scales = tiny_config(enc_num_blocks=0, output_blocks=0)
    Run(tmp_path, model_config=scales, epochs=2).fit.run()
    rows = list(csv.DictReader(io.StringIO((tmp_path / "metrics.csv").read_text())))
    assert [int(row["epoch"]) for row in rows] == [1, 2]
    for row in rows:
        for split in ("train", "validation"):
            nll, kl = (float(row[f"{split}_{t}_bits_per_dim"]) for t in ("nll", "kl"))
            assert float(row[f"{split}_negative_elbo_bits_per_dim"]) == pytest.approx(nll + kl)
            by_scale = sum(float(row[f"{split}_kl_{s}_bits_per_dim"]) for s in ("4x4", "8x8"))
            assert by_scale == pytest.approx(kl)
    for name in ("gradient_norm", "skipped_updates", "learning_rate", "beta", "images_per_second"):
        assert name in rows[0]
    assert "validation_active_units_8x8" in rows[0]
    assert list((tmp_path / "tensorboard" / "train").glob("events.*"))


def test_training_stops_early_without_a_better_epoch(tmp_path):
    # So small a rate that float32 weights do not move: no epoch after the first is better.
    run = Run(tmp_path, epochs=50, early_stopping=2, learning_rate=1e-30, weight_decay=0.0)
    assert run.fit.run() == "stopped after epoch 3: no better validation ELBO for 2 epochs"


def test_an_early_stopped_run_stays_stopped(tmp_path):
    settings = {"epochs": 50, "early_stopping": 1, "learning_rate": 1e-30, "weight_decay": 0.0}
    settings["seed"] = 3
    Run(tmp_path, **settings).fit.run()
    resumed = Run(tmp_path, resume=True, **settings)
    assert resumed.fit.run() == "stopped after epoch 2: no better validation ELBO for 1 epochs"
    assert resumed.progress.epoch == 2
    # The best epoch was before: it is validated anew, with the noise that it had.
    assert resumed.fit.best_evaluation is None
    resumed.model.load_weights(tmp_path / "best_ema.weights.h5")
    elbo = resumed.fit.validate().elbo.mean()
    assert elbo == pytest.approx(resumed.progress.best_elbo, rel=1e-6)


def test_an_epoch_without_an_update_has_no_mean(tmp_path):
    run = Run(tmp_path, epochs=1, gradient_skipnorm=1e-9, gradient_skip_start=0)
    run.fit.run()
    last = run.progress.history[-1]
    assert last["skipped_updates"] == 5 and np.isnan(last["train_nll_bits_per_dim"])
    assert np.isfinite(last["validation_nll_bits_per_dim"])


def test_a_first_nan_is_not_the_best_for_ever(tmp_path):
    run = Run(tmp_path, epochs=2)
    evaluate, calls = run.fit.evaluator, []

    def broken_at_first(*args, **kwargs):
        evaluation = evaluate(*args, **kwargs)
        calls.append(1)
        return (
            evaluation
            if len(calls) > 1
            else dataclasses.replace(evaluation, nll=np.full_like(evaluation.nll, np.nan))
        )

    run.fit.evaluator = broken_at_first
    run.fit.checkpoint = None
    run.fit.logs = []
    run.fit.run()
    assert run.progress.best_epoch == 2


def test_a_damaged_state_gives_way_to_the_one_before(whole, tmp_path):
    """Bit for bit what it would have become; nothing is destroyed; the log has its row again."""
    folder, run = whole
    newest, before = state_files(folder)
    assert [newest.name, before.name] == ["resume_00000015.npz", "resume_00000012.npz"]
    content = bytearray(newest.read_bytes())
    content[len(content) // 2] ^= 1
    for name, bytes_ in ((newest.name, content), (before.name, before.read_bytes())):
        (tmp_path / name).write_bytes(bytes_)
    said = []
    resumed = Run(tmp_path, resume=said.append)
    assert resumed.trainer.updates_done == 12
    assert "resume_00000015.npz is damaged (Bad CRC-32" in said[0]
    assert "going on from " in said[1] and "resume_00000012.npz" in said[1]
    assert (tmp_path / "resume_00000015.npz.damaged").read_bytes() == content
    resumed.fit.run()
    for a, b in zip(run.state(), resumed.state()):
        np.testing.assert_array_equal(a, b)


def test_no_flipped_bit_of_a_state_is_taken(whole, tmp_path, rng):
    folder, run = whole
    content = state_files(folder)[0].read_bytes()
    expected, refused = read_state(state_files(folder)[0]), 0
    for place in rng.integers(0, len(content), 100):
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.integers(8)
        (tmp_path / "x.npz").write_bytes(damaged)
        try:
            state = read_state(tmp_path / "x.npz")
        except Exception:
            refused += 1
            continue
        for name in expected.keys() & state.keys():
            np.testing.assert_array_equal(state[name], expected[name])
    assert refused > 50


def test_without_a_whole_state_nothing_is_destroyed(whole, tmp_path):
    content = state_files(whole[0])[0].read_bytes()
    path = tmp_path / "resume_00000015.npz"
    path.write_bytes(content[: len(content) // 2])
    run = Run(tmp_path)
    with pytest.raises(UserError, match="15.npz is damaged .*; --config .* --name NEW starts it"):
        run.checkpoint.restore()
    (tmp_path / "best_ema.weights.h5").touch()
    with pytest.raises(UserError, match="its weights are there: --init_from .* --name NEW"):
        run.checkpoint.restore()
    assert path.exists()
    path.unlink()
    with pytest.raises(UserError, match="there is no state; its weights are there"):
        run.checkpoint.restore()


def test_a_foreign_state_is_refused(whole, tmp_path):
    shutil.copy(state_files(whole[0])[0], tmp_path)
    with pytest.raises(UserError, match="belongs to another model or optimizer"):
        Run(tmp_path, resume=True, optimizer="sgd")
    with pytest.raises(UserError, match="an epoch had 5 updates, now it has 2"):
        Run(tmp_path, resume=True, batch_size=16)


@pytest.mark.parametrize("checks", [3, 5])
def test_a_run_that_is_asked_to_stop_saves_and_goes_on_as_if_it_had_not(whole, checks, tmp_path):
    """Between updates, and between the validation's batches after the first epoch."""
    asked = iter([False] * checks + [True] * 100)
    run = Run(tmp_path)
    run.fit.is_asked_to_stop = lambda: next(asked)
    with pytest.raises(Stopped):
        run.fit.run()
    done = run.trainer.updates_done
    assert state_files(tmp_path)[0].name == f"resume_{done:08d}.npz" and 0 < done < 10
    resumed = Run(tmp_path, resume=True)
    assert resumed.trainer.updates_done == done
    resumed.fit.run()
    for a, b in zip(whole[1].state(), resumed.state()):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("kind", ["state", "weights"])
def test_a_full_disk_leaves_the_previous_checkpoint(whole, kind, tmp_path):
    run = Run(tmp_path)
    save = (
        (lambda: run.checkpoint.save_state(run.progress))
        if kind == "state"
        else (lambda: run.checkpoint.save_weights(is_best=True))
    )
    save()
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    with files_of_at_most(20_000), pytest.raises(UserError, match="what was there is untouched"):
        save()
    assert before == {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
