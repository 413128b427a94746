"""Files of weights: whole, checked, and of one model."""

import gc

import h5py
import keras
import numpy as np
import pytest

from hvae.errors import UserError
from hvae.files.weights import config_of_weights, load_weights, save_weights
from hvae.model import HVAE
from tests.conftest import randomize, tiny_config
from tests.disks import files_of_at_most

CONFIG = tiny_config(num_scales=1)


@pytest.fixture(scope="module")
def model():
    return randomize(HVAE(CONFIG))


@pytest.fixture
def path(model, tmp_path):
    save_weights(model, tmp_path / "x.weights.h5")
    return tmp_path / "x.weights.h5"


def test_keras_reads_them(model, path):
    copy = HVAE(CONFIG)
    copy.load_weights(path)
    for a, b in zip(model.get_weights(), copy.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert config_of_weights(path)["z_width"] == list(CONFIG.z_width)


def test_what_keras_makes_on_the_way_does_not_grow_old(model, tmp_path):
    def blank_layers():
        return sum(type(o) is keras.layers.Layer for o in gc.get_objects())

    gc.collect()
    before, thresholds = blank_layers(), gc.get_threshold()
    gc.set_threshold(50, 1, 10**9)  # what lives for a moment is old, and stays
    try:
        save_weights(model, tmp_path / "x.weights.h5")
        gc.collect(1)
    finally:
        gc.set_threshold(*thresholds)
    assert blank_layers() == before and gc.isenabled()


def test_no_flipped_bit_of_a_weight_goes_unseen(model, path):
    content = path.read_bytes()
    places = [content.index(v.astype("<f4").tobytes()) for v in model.get_weights() if v.size > 4]
    assert len(places) > 10
    for place in places[::5]:
        damaged = bytearray(content)
        damaged[place + 2] ^= 1
        path.write_bytes(damaged)
        with pytest.raises(UserError, match="x.weights.h5 is damaged: its weights are not those"):
            load_weights(HVAE(CONFIG), path)


def test_no_flipped_bit_anywhere_changes_the_model(model, path, rng):
    content, copy, refused = path.read_bytes(), HVAE(CONFIG), 0
    for place in rng.integers(0, len(content), 40):
        damaged = bytearray(content)
        damaged[place] ^= 1 << rng.integers(8)
        path.write_bytes(damaged)
        try:
            load_weights(copy, path)
        except UserError as error:
            assert "\n" not in str(error)
            refused += 1
        else:
            for a, b in zip(model.get_weights(), copy.get_weights(), strict=True):
                np.testing.assert_array_equal(a, b)
    assert refused > 5


def test_a_file_of_before_checksums_is_read(model, path):
    with h5py.File(path, "r+") as file:
        file.attrs.clear()
    copy = HVAE(CONFIG)
    load_weights(copy, path)
    np.testing.assert_array_equal(copy.get_weights()[0], model.get_weights()[0])
    assert config_of_weights(path) == {}


def test_a_full_disk_is_an_error_of_one_line_and_no_crash(model, path):
    before = path.read_bytes()
    with files_of_at_most(20_000):
        with pytest.raises(UserError, match="could not write .*x.weights.h5 .*is untouched"):
            save_weights(model, path)
        with pytest.raises(UserError, match="new.weights.h5 .*; nothing was written"):
            save_weights(model, path.with_name("new.weights.h5"))
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
