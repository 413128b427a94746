import json
import shutil

import yaml


def test_the_card_quotes_what_evaluate_found(small_run, use, tmp_path):
    folder = tmp_path / "small"
    shutil.copytree(small_run, folder, ignore=shutil.ignore_patterns("evaluate", "card"))
    use("card", folder=folder)
    text = (folder / "card" / "card.md").read_text()
    assert "Not evaluated yet: `python load_model.py" in text and "weights were imported" in text
    use("evaluate", "--num_images", 6, "--importance_samples", 1, 3, folder=folder)
    (folder / "metrics.csv").write_text(
        "epoch,updates,validation_negative_elbo_bits_per_dim\n1,22,3.5\n2,44,2.25\n3,1066,2.5\n"
    )
    use("card", folder=folder)
    text = (folder / "card" / "card_2.md").read_text()
    results = json.loads((folder / "evaluate" / "evaluation.json").read_text())
    assert f"| negative ELBO, bits/dim | {results['negative_elbo_bits_per_dim']:.4f} |" in text
    bound = results["importance_weighted"][1]["importance_weighted_nll_bits_per_dim"]
    assert f"3 importance samples, bits/dim | {bound:.4f} |" in text
    assert "3 epochs, 1,066 updates" in text and "Best epoch: 2, negative ELBO" in text
    header = text.split("---")[1]
    assert yaml.safe_load(header) == {"library_name": "keras", "tags": ["hvae", "vdvae"]}
    config = text.split("```yaml\n")[1].split("```")[0]
    assert yaml.safe_load(config)["dataset"] == "digits"
