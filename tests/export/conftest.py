"""Models and what was exported of them, shared by the tests of the folder."""

import dataclasses
import pathlib
import shutil
from typing import Any

import numpy as np
import pytest

from hvae.deploy import OpenVINOModel
from hvae.export.exporter import Exporter
from hvae.model import HVAE
from tests.conftest import random_images, randomize, running_op_by_op, tiny_config

#: Name: configuration, parts, images of a batch. What is exported takes as long as it has layers,
#: so one block of an encoder is enough.
CASES = {
    "vdvae": (
        tiny_config(
            image_size=(7, 10),
            image_channels=3,
            levels=256,
            reconstruct_from="state",
            enc_num_blocks=(1, 0),
            output_blocks=0,
        ),
        ("compress", "detect", "encode", "generate", "pixels", "reconstruct", "score"),
        None,
    ),
    "flow and attention": (
        tiny_config(
            enc_num_blocks=0,
            output_blocks=0,
            flow_type="conv_sylvester",
            num_flows=1,
            convsylv_channels=4,
            convsylv_flows_per_stage=1,
            convsylv_splitfirst=(1, 0),
            convsylv_stage_limit=(1, 2),
            use_depthwise_attention=True,
            query_width=3,
            num_queries=2,
        ),
        ("generate", "score"),
        2,
    ),
    "sylvester, bernoulli": (
        tiny_config(
            image_size=(7, 5),
            enc_num_blocks=0,
            output_blocks=0,
            levels=2,
            likelihood="bernoulli",
            flow_type="sylvester",
            num_flows=(1, 2),
            flow_in_ch=2,
            num_ortho_vecs=4,
        ),
        ("generate", "score"),
        1,
    ),
}


@dataclasses.dataclass(frozen=True)
class Exported:
    """A model, the folder that it was exported to, and the images it was verified with."""

    model: Any
    folder: pathlib.Path
    images: np.ndarray


@pytest.fixture(scope="session")
def exported(tmp_path_factory):
    """Function from a case's name to what was `Exported` of it, made once."""
    made = {}

    def export(name):
        if name not in made:
            config, parts, batch = CASES[name]
            model = randomize(HVAE(config), scale=0.15)
            images = random_images(config, 5)
            folder = tmp_path_factory.mktemp("exported") / "openvino"
            with running_op_by_op():
                Exporter(model, batch=batch)(folder, images, parts)
            made[name] = Exported(model, folder, images)
        return made[name]

    return export


@pytest.fixture
def vdvae(exported):
    """The `Exported` VDVAE, in a folder that a test may damage."""
    return exported("vdvae")


@pytest.fixture(scope="session")
def small():
    """A model of one block, and images, for what does not depend on the model."""
    config = tiny_config(num_scales=1, image_size=(4, 4), dec_num_blocks=1)
    return randomize(HVAE(config), scale=0.15), random_images(config, 5)


@pytest.fixture
def copy(vdvae, tmp_path):
    """A copy of the exported VDVAE's folder, to be damaged."""
    return pathlib.Path(shutil.copytree(vdvae.folder, tmp_path / "openvino"))


@pytest.fixture(scope="session")
def running(exported):
    """Function from a case's name to its `OpenVINOModel`."""
    made = {}

    def run(name):
        if name not in made:
            made[name] = OpenVINOModel(exported(name).folder, batch_size=3)
        return made[name]

    return run
