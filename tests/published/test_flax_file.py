"""Checkpoints of flax: what is read, and what is refused in one line."""

import msgpack
import numpy as np
import pytest

from hvae.errors import UserError
from hvae.published.flax_file import flat_arrays, read_flax_file
from tests.conftest import GOLDEN

CHECKPOINT = GOLDEN / "efficient_vdvae_jax_checkpoint"


def extension(code, *parts):
    return msgpack.ExtType(code, msgpack.packb(parts))


def array(values):
    return extension(1, values.shape, values.dtype.name, values.tobytes())


def read(tmp_path, values):
    (tmp_path / "file").write_bytes(msgpack.packb(values))
    return read_flax_file(tmp_path / "file")


def test_a_checkpoint_as_the_code_wrote_it():
    contents = read_flax_file(CHECKPOINT)
    assert sorted(contents) == ["ema_decay", "ema_params", "opt_state", "params", "step"]
    tensors = flat_arrays(contents["params"])
    assert tensors["bottom_up/input_conv/conv/kernel"].shape == (1, 1, 3, 8)
    assert {str(tensor.dtype) for tensor in tensors.values()} == {"float32"}
    assert contents["step"].shape == ()


def test_every_kind_of_value_comes_back(tmp_path, rng):
    values = rng.standard_normal((3, 4)).astype("float32")
    upper_half = (values.view("uint32") >> 16).astype("uint16")
    numbers = {str(i): part for i, part in enumerate([array(values[:1]), array(values[1:])])}
    contents = read(
        tmp_path,
        {
            "array": array(values),
            "scalar": extension(3, (), "int32", np.int32(7).tobytes()),
            "complex": extension(2, 1.0, 2.0),
            "brain": extension(1, (3, 4), "bfloat16", upper_half.tobytes()),
            "pieces": {
                "__msgpack_chunked_array__": True,
                "shape": {"0": 3, "1": 4},
                "chunks": numbers,
            },
        },
    )
    np.testing.assert_array_equal(contents["array"], values)
    np.testing.assert_array_equal(contents["pieces"], values)
    np.testing.assert_allclose(contents["brain"], values, rtol=2**-7)
    assert contents["scalar"] == 7 and contents["complex"] == 1 + 2j


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_a_file_cut_short_is_one_line(tmp_path, share):
    data = CHECKPOINT.read_bytes()
    (tmp_path / "cut").write_bytes(data[: int(share * len(data))])
    with pytest.raises(UserError, match="cut is cut short or no checkpoint of flax") as error:
        read_flax_file(tmp_path / "cut")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"a": msgpack.ExtType(4, b"x")}, "extension type 4; allowed are 1, 2 and 3"),
        ({"a": msgpack.Timestamp(0, 0)}, "extension type -1"),
        ({"a": extension(1, (2,), "float32", b"0000")}, r"shape \[2\] has 4 bytes"),
        ({"a": extension(1, (-1, -1), "float32", b"0000")}, r"shape \[-1, -1\] has 4 bytes"),
        ({"a": extension(1, (1,), "object", b"00000000")}, "dtype object; allowed are"),
        ({"a": extension(1, (1,), "float32")}, "cut short or no checkpoint"),
        ({"__msgpack_chunked_array__": True, "shape": {}, "chunks": {}}, "in pieces has none"),
        ([1, 2], "it holds no names"),
        (3, "it holds no names"),
    ],
)
def test_what_no_weights_have_is_refused(tmp_path, values, message):
    with pytest.raises(UserError, match=message) as error:
        read(tmp_path, values)
    assert "\n" not in str(error.value) and str(error.value).count("file") == 1


def test_a_name_that_is_there_twice_is_refused(tmp_path):
    (tmp_path / "twice").write_bytes(b"\x82\xa1a\x01\xa1a\x02")
    with pytest.raises(UserError, match="a name is there twice"):
        read_flax_file(tmp_path / "twice")


def test_a_list_that_claims_to_be_endless_is_refused(tmp_path):
    (tmp_path / "endless").write_bytes(b"\x81\xa1a" + b"\xdd\xff\xff\xff\xff" * 3)
    with pytest.raises(UserError, match="cut short or no checkpoint"):
        read_flax_file(tmp_path / "endless")


def test_there_is_no_file(tmp_path):
    with pytest.raises(UserError, match="no such file"):
        read_flax_file(tmp_path / "nothing")
