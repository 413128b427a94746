import json

import numpy as np
import pytest


@pytest.mark.every_backend
def test_maps_and_numbers_agree(small_run, use):
    lines = use("bits", "--num_images", 6, "--batch_size", 4)
    folder = small_run / "bits"
    results = json.loads((folder / "bits.json").read_text())
    with np.load(folder / "bits.npz", allow_pickle=False) as arrays:
        kl, maps = arrays["kl_bits"], arrays["map_bits"]
        of_scales = {name: arrays[f"mean_map_bits_{name}"] for name in ("4x4", "8x8")}
        assert list(arrays["scales"]) == ["4x4", "8x8", "8x8"]
    np.testing.assert_allclose(maps.sum(axis=(1, 2)), kl.sum(axis=1), rtol=1e-5)
    np.testing.assert_allclose(sum(of_scales.values()), maps.mean(axis=0), rtol=1e-5)
    use("bits", "--images", 5, 2)
    with np.load(folder / "bits_2.npz", allow_pickle=False) as arrays:
        np.testing.assert_allclose(arrays["kl_bits"], kl[[5, 2]], rtol=1e-5, atol=1e-6)
    assert results["images"] == 6
    assert results["bits_per_image"] == pytest.approx(kl.sum(axis=1).mean())
    # 64 pixels of one channel: a bit per image is 1/64 bits/dim.
    cumulative = [block["cumulative_kl_bits_per_dim"] for block in results["blocks"]]
    np.testing.assert_allclose(cumulative, kl.mean(axis=0).cumsum() / 64)
    assert f"{results['bits_per_image']:.2f} bits per image" in lines[0]
    for name in ("cumulative_kl", "mean_maps", "maps"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
