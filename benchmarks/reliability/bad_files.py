"""Files and runs that are not what they should be, for `attacks/bad_lines.py`."""

import os
import pickle
import shutil
import struct
import zipfile

import numpy as np

_SHAPE = (1, 8, 8, 1)

#: What a `.npy` file may hold, that is no image of 8x8 pixels and 17 levels.
_ARRAYS = {
    "empty": np.zeros((0, 8, 8, 1), np.uint8),
    "scalar": np.uint8(3),
    "structured": np.zeros(_SHAPE, [("a", "u1"), ("b", "u1")]),
    "structured_int": np.zeros(_SHAPE, [("int", "u1")]),
    "object": np.full(_SHAPE, None),
    "text": np.full(_SHAPE, "int"),
    "complex": np.zeros(_SHAPE, complex),
    "bool": np.zeros(_SHAPE, bool),
    "float": np.zeros(_SHAPE),
    "date": np.zeros(_SHAPE, "M8[D]"),
    "delta": np.zeros(_SHAPE, "m8[D]"),
    "big": np.full(_SHAPE, 255, np.uint8),
    "negative": np.full(_SHAPE, -1, np.int8),
    "u64": np.full(_SHAPE, 2**63, np.uint64),
    "ok": np.full(_SHAPE, 3, np.uint8),
}
#: What a `.npy` file may say of itself, with nothing behind it.
_HEADERS = {
    "claims": "{'descr': '|u1', 'fortran_order': False, 'shape': (10000000000, 8, 8, 1), }\n",
    "claims2": "{'descr': '|u1', 'fortran_order': False, 'shape': (%s, 8, 8, 1), }\n" % (22 * "9"),
    "negshape": "{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 8, 8, 1), }\n",
    "deep": "(" * 9000 + ")" * 9000,
    "hugeheader": "{" + " " * 50_000_000 + "}\n",
    "bytes": "{'descr': 'V9999999999', 'fortran_order': False, 'shape': (1, 8, 8, 1), }\n",
    "code": "__import__('os').abort()\n",
}
#: Configurations.
_TEXTS = {
    "deep.yaml": "a: " + "[" * 3000 + "]" * 3000,
    "deepmap.yaml": "{a: " * 3000 + "1" + "}" * 3000,
    "self.yaml": "name: &a [*a]\nz_width: &b [*b]\n",
    "keys.yaml": "? [1, 2]\n: 3\n",
    "keymap.yaml": "? {a: 1}\n: 3\n",
    "intkey.yaml": "1: 3\n",
    "nul.yaml": 'name: "a\\0b"\n',
    "nulkey.yaml": '"a\\0b": 1\n',
    "data_nul.yaml": 'data_dir: "a\\0b"\ndataset: mnist\n',
    "control.yaml": 'name: "a\\nb"\n',
    "escape.yaml": 'name: "a\\x1b[31mb"\n',
    "merge.yaml": "<<: 3\n",
    "date.yaml": "seed: 2020-13-45\n",
    "bin.yaml": 'name: !!binary "aGFsbG8="\n',
    "set.yaml": "z_width: !!set {a, b}\n",
    "omap.yaml": "z_width: !!omap [a: 1]\n",
    "tag.yaml": "name: !!python/object/apply:os.abort []\n",
    "list.yaml": "- a\n- b\n",
    "twodocs.yaml": "a: 1\n---\nb: 2\n",
    "int_big.yaml": "seed: " + "9" * 5000 + "\n",
    "null.yaml": "z_width: null\n",
    "nested.yaml": "z_width: [[1, 2]]\n",
    "dictv.yaml": "z_width: {a: 1}\n",
    "size_null.yaml": "image_size: [null, null]\n",
    "blocks.yaml": "enc_blocks: 1x99999999\ndec_blocks: 1x99999999\ndataset: digits\n",
    "blocks2.yaml": "enc_blocks: 8x2\ndec_blocks: 99999999999x1\n",
    "blocks3.yaml": "enc_blocks: 8d1" + "0" * 3000 + "\ndec_blocks: 8x1\n",
    "blocks4.yaml": "enc_blocks: 8²x2\ndec_blocks: 8x1\n",
    "blocks5.yaml": "enc_blocks: [8x2]\ndec_blocks: {a: 1}\n",
    "cw.yaml": "enc_blocks: 8x1,8d8,1x1\ndec_blocks: 1x1,8m1\nstage_in_width: 99999999999\n"
    "custom_width_str: '8:99999999999,1:9999999999999'\n",
    "hv.yaml": "model: 3\n",
    "nv.yaml": "channel_towers: x\ninput_dimension: 3\n",
    "nv2.yaml": "channel_towers: 1000000000\ninput_dimension: [3, 32, 32]\n"
    "number_of_scales: 1000000000\n",
    "deep.cfg": "[a]\nb = " + "(" * 5000 + ")" * 5000 + "\n",
    "pow.cfg": "[model]\nup_filters = 9**9**9**9\n",
    "empty.cfg": "",
    "empty.yaml": "",
    "notzip.npz": "no",
    "empty.npz": "",
    "plug_exit.py": "import sys\nsys.exit(3)\n",
    "plug_nul.py": "a = 1\0\n",
    "plug_rec.py": "def f():\n    f()\n\n\nf()\n",
    "plug_deep.py": "a = " + "(" * 5000 + ")" * 5000 + "\n",
    "plug_mem.py": "raise MemoryError\n",
    "plug_empty.py": "",
    "empty0.pt": "",
    "empty.safetensors": "",
    "nothing.npy": "",
}
#: Descriptions in files of latents.
_DESCRIPTIONS = {
    "deep": "[" * 100_000 + "]" * 100_000,
    "deepd": '{"a":' * 100_000 + "1" + "}" * 100_000,
    "num": "3",
    "lst": "[]",
    "nul": '"\\u0000"',
    "bigint": "9" * 5000,
    "fmt": '{"format": {"a": "b"}, "version": []}',
}
#: Configurations of runs.
_RUN_CONFIGS = {
    "deep": _TEXTS["deep.yaml"],
    "list": "- a",
    "self": "model_family: &a [*a]",
    "nul": '"\\0": 1',
    "fam": "model_family: 3",
    "fam2": "model_family: [a]",
    "fam3": "model_family: {a: 1}",
    "empty": "",
    "junk": "\x01\x02",
}
#: Fields of a run's configuration that somebody has changed.
_CHANGES = {
    "wide": "stage_in_width: [99999999]",
    "blk": "dec_num_blocks: [100000000]",
    "mix": "num_output_mixtures: 1000000000",
    "size": "num_scales: ²",
    "gpu": "gpu: ²",
    "levels": "levels: 1000000000",
    "backend": "backend: [a]",
    "seed": "seed: -1",
}


class _Calls:
    """A pickle that ends the process which reads it."""

    def __reduce__(self):
        return os.abort, ()


def write_bad_files(folder, make_run):
    """Fill a folder.

    Args:
        folder: an empty one.
        make_run: gives a path a copy of a trained run.

    Returns:
        The path of a whole run.
    """
    for name, text in _TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "badutf.yaml").write_bytes(b"\xff\xfe\xfa")
    (folder / "junk.cfg").write_bytes(os.urandom(200))
    for name, key in (("bomb.yaml", "y{}"), ("bomb2.yaml", "{}")):
        (folder / name).write_text(_aliases(key))
    _write_arrays(folder)
    _write_latents(folder)
    _write_weights(folder)
    return _write_runs(folder / "runs", make_run)


def _aliases(key):
    """Lists of which each holds the one before nine times."""
    names = ("seed", "gpu", "epochs", "beta", "learning_rate", "batch_size", "z_width", "name")
    lines = ["learning_rate_end: &a [x, x, x, x, x, x, x, x, x]"]
    for i, name in enumerate(names):
        entries = ", ".join(9 * [f"*{chr(97 + i)}"])
        lines.append(f"{key.format(name)}: &{chr(98 + i)} [{entries}]")
    return "\n".join(lines)


def _write_arrays(folder):
    for name, array in _ARRAYS.items():
        np.save(folder / f"{name}.npy", array, allow_pickle=True)
    for name, header in _HEADERS.items():
        content = b"\x93NUMPY\x02\x00" + struct.pack("<I", len(header)) + header.encode()
        (folder / f"{name}.npy").write_bytes(content)
    with open(folder / "sparse.npy", "wb") as file:
        shape = (10**9, 8, 8, 1)
        header = {"descr": "|u1", "fortran_order": False, "shape": shape}
        np.lib.format.write_array_header_1_0(file, header)
        file.truncate(file.tell() + 64 * 10**9)
    (folder / "pickle.npy").write_bytes(pickle.dumps(_Calls()))
    with zipfile.ZipFile(folder / "zipbomb.npy", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.npy", bytes(10**8))
    (folder / "folder.npy").mkdir()


def _write_latents(folder):
    for name, text in _DESCRIPTIONS.items():
        with zipfile.ZipFile(folder / f"{name}.npz", "w", zipfile.ZIP_DEFLATED) as archive:
            with archive.open("description.npy", "w") as member:
                np.lib.format.write_array(member, np.array(text))


def _write_weights(folder):
    """Files of weights for the import."""
    import torch

    zeros = torch.zeros(2)
    contents = {
        "intkeys": {1: zeros},
        "list": [zeros],
        "tensor": zeros,
        "numbers": {"a": 3},
        "strings": {"a": "x"},
        "sd": {"state_dict": 3},
        "nested": {"state_dict": {"a": {"b": zeros}}},
        "complex": {"a": torch.zeros(2, dtype=torch.complex64)},
        "sparse": {"a": zeros.to_sparse()},
        "meta": {"a": torch.zeros(2, device="meta")},
        "empty": {},
        "evil2": {"a": _Calls()},
    }
    for name, content in contents.items():
        torch.save(content, folder / f"{name}.pt")
    (folder / "evil.pt").write_bytes(pickle.dumps(_Calls()))
    (folder / "junk.pt").write_bytes(os.urandom(300))
    (folder / "junk.safetensors").write_bytes(struct.pack("<Q", 2**62) + b"{}")
    (folder / "deep.safetensors").write_bytes(struct.pack("<Q", 200_000) + b"[" * 200_000)
    np.savez(folder / "obj.npz", a=np.array([{}], object))
    np.savez(folder / "strs.npz", a=np.array(["x"]))
    np.savez(folder / "other.npz", a=np.zeros(3))


def _write_runs(folder, make_run):
    run = make_run(folder / "tiny")
    text = (run / "config.yaml").read_text(encoding="utf-8")
    for name, config in _RUN_CONFIGS.items():
        (shutil.copytree(run, folder / f"cfg_{name}") / "config.yaml").write_text(config)
    for name, change in _CHANGES.items():
        field = change.partition(":")[0]
        lines = [change if x.startswith(f"{field}:") else x for x in text.splitlines()]
        (shutil.copytree(run, folder / f"e_{name}") / "config.yaml").write_text("\n".join(lines))
    # A file where a folder of the run should be.
    shutil.rmtree(shutil.copytree(run, folder / "tbfile") / "tensorboard")
    (folder / "tbfile" / "tensorboard").write_text("x")
    (folder / "file").write_text("x")
    return run
