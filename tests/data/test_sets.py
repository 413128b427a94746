"""Loaders, on archives written here in the published formats."""

import gzip
import io
import pickle
import tarfile
import zipfile
import zlib

import numpy as np
import pytest
from scipy.io import savemat

import main
from data.load import describe, load_splits
from data.sets import DATASETS
from data.stored_images import StoredImages
from hvae.errors import UserError

MNIST_FILES = {"train": "train-images-idx3-ubyte.gz", "test": "t10k-images-idx3-ubyte.gz"}


def grey(count, seed):
    return np.random.default_rng(seed).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def colour(count, seed):
    return np.random.default_rng(seed).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)


def write_mnist_idx(folder, train, test, is_packed=True, place=""):
    (folder / place).mkdir(parents=True, exist_ok=True)
    for name, images in zip(MNIST_FILES.values(), (train, test)):
        content = np.array([2051, *images.shape], ">i4").tobytes() + images.tobytes()
        name = place + (name if is_packed else name.removesuffix(".gz"))
        (folder / name).write_bytes(gzip.compress(content) if is_packed else content)


def cifar_rows(images):
    return images.transpose(0, 3, 1, 2).reshape(len(images), 3072)


def write_cifar(folder, train, test, binary):
    """The archive of the authors: five batches of rows, and a test batch."""
    name = "cifar-10-binary.tar.gz" if binary else "cifar-10-python.tar.gz"
    batches = {f"data_batch_{i + 1}": part for i, part in enumerate(np.array_split(train, 5))}
    batches["test_batch"] = test
    with tarfile.open(folder / name, "w:gz") as archive:
        for batch, images in batches.items():
            rows = cifar_rows(images)
            if binary:
                content = np.hstack([np.zeros((len(rows), 1), np.uint8), rows]).tobytes()
                member = tarfile.TarInfo(f"cifar-10-batches-bin/{batch}.bin")
            else:
                content = pickle.dumps({b"data": rows, b"labels": [0] * len(rows)}, protocol=2)
                member = tarfile.TarInfo(f"cifar-10-batches-py/{batch}")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))


def unpack_cifar(folder, train, test, binary):
    write_cifar(folder, train, test, binary)
    [path] = folder.iterdir()
    with tarfile.open(path) as archive:
        archive.extractall(folder, filter="data")
    path.unlink()


def write_omniglot(folder, train, test):
    """Columns of pixels 0 … 1, each image's columns one after the other, as in `chardata.mat`."""
    # The reader cuts to an integer, as NVAE's: half a level keeps the one that is meant.
    columns = (images.transpose(2, 1, 0).reshape(784, -1) for images in (train, test))
    data, test_data = ((pixels.astype(float) + 0.5) / 255 for pixels in columns)
    savemat(folder / "chardata.mat", {"data": data, "testdata": test_data})


def write_npz(folder, name, train, test):
    np.savez(folder / f"{name}.npz", x_train=train, x_test=test)


def write_mat(path, images):
    savemat(
        path, {"X": images.transpose(1, 2, 3, 0), "y": [[1]] * len(images)}, do_compression=True
    )


def write_svhn(folder, train, test):
    write_mat(folder / "train_32x32.mat", train)
    write_mat(folder / "test_32x32.mat", test)


WRITERS = {
    "mnist idx": ("mnist", write_mnist_idx, grey),
    "mnist idx unpacked": ("mnist", lambda f, a, b: write_mnist_idx(f, a, b, False), grey),
    "mnist torchvision": (
        "mnist",
        lambda f, a, b: write_mnist_idx(f, a, b, False, "MNIST/raw/"),
        grey,
    ),
    "fashion idx": ("fashion_mnist", write_mnist_idx, grey),
    "fashion npz": ("fashion_mnist", lambda f, a, b: write_npz(f, "fashion_mnist", a, b), grey),
    "omniglot": ("omniglot", write_omniglot, grey),
    "cifar python unpacked": ("cifar10", lambda f, a, b: unpack_cifar(f, a, b, False), colour),
    "cifar binary unpacked": ("cifar10", lambda f, a, b: unpack_cifar(f, a, b, True), colour),
    "mnist npz": ("mnist", lambda f, a, b: write_npz(f, "mnist", a, b), grey),
    "cifar python": ("cifar10", lambda f, a, b: write_cifar(f, a, b, False), colour),
    "cifar binary": ("cifar10", lambda f, a, b: write_cifar(f, a, b, True), colour),
    "cifar npz": ("cifar10", lambda f, a, b: write_npz(f, "cifar10", a, b), colour),
    "svhn mat": ("svhn", write_svhn, colour),
}


@pytest.fixture(params=WRITERS, ids=list(WRITERS))
def archive(request, tmp_path):
    name, write, draw = WRITERS[request.param]
    train, test = draw(25, 0), draw(7, 1)
    write(tmp_path, train, test)
    return name, tmp_path, train, test


def test_archives_give_the_images_that_are_in_them(archive):
    name, folder, train, test = archive
    splits = load_splits(name, folder)
    images = np.concatenate([splits.train, splits.validation])
    np.testing.assert_array_equal(images.reshape(train.shape), train)
    np.testing.assert_array_equal(splits.test.reshape(test.shape), test)
    info = describe(name)
    for split in splits:
        assert split.dtype == np.uint8
        assert split.shape[1:] == (*info.image_size, info.image_channels)


def test_a_truncated_archive_is_named(archive):
    name, folder, _, _ = archive
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            path.write_bytes(content[: len(content) // 2])
    with pytest.raises(UserError, match=rf"{folder}/.* is damaged or truncated .*; fetch it again"):
        load_splits(name, folder)


@pytest.mark.parametrize(
    ("name", "file"), [("mnist", "mnist.npz"), ("cifar10", "cifar-10-python.tar.gz")]
)
def test_a_folder_without_the_data_is_named(name, file, tmp_path):
    with pytest.raises(
        UserError, match=rf"no .* in {tmp_path}; it reads .*{file}.*Download.*--data_dir"
    ):
        load_splits(name, tmp_path)
    with pytest.raises(UserError, match="data_dir: no such folder. Received: .*/nowhere"):
        load_splits(name, tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("name", "images"),
    [
        ("mnist", np.zeros((9, 28, 28), np.float32)),
        ("mnist", np.zeros((9, 28, 28), np.int64)),
        ("mnist", np.zeros((9, 784), np.uint8)),
        ("mnist", np.zeros((9, 32, 32), np.uint8)),
        ("mnist", np.zeros((0, 28, 28), np.uint8)),
        ("cifar10", np.zeros((9, 3072), np.uint8)),
        ("cifar10", np.zeros((9, 32, 32, 3), np.float32)),
    ],
)
def test_arrays_of_another_kind_are_refused(name, images, tmp_path):
    write_npz(tmp_path, name, images, images)
    with pytest.raises(UserError, match=r": must (have shape|be integers|be uint8).* Received: "):
        load_splits(name, tmp_path)


@pytest.mark.parametrize("name", ["mnist", "cifar10"])
def test_no_network_is_one_line_that_says_what_to_do(name, monkeypatch):
    import importlib

    module = importlib.import_module(f"keras.datasets.{name}")

    def fail():
        raise OSError("URL fetch failure\non a second line")

    monkeypatch.setattr(module, "load_data", fail)
    with pytest.raises(UserError, match="could not fetch .*failure.*--data_dir") as error:
        load_splits(name)
    assert "\n" not in str(error.value)


def test_a_pickle_that_is_not_arrays_does_not_run(tmp_path):
    class Evil:
        def __reduce__(self):
            return (tmp_path.joinpath("ran").write_text, ("x",))

    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
        for batch in [f"data_batch_{i}" for i in range(1, 6)] + ["test_batch"]:
            content = pickle.dumps({b"data": Evil()})
            member = tarfile.TarInfo(batch)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    with pytest.raises(UserError, match="unexpected content"):
        load_splits("cifar10", tmp_path)
    assert not (tmp_path / "ran").exists()


def test_digits_are_split_once_and_for_all():
    splits = load_splits("digits")
    assert [len(split) for split in splits] == [1437, 180, 180]
    images = np.concatenate(splits)
    from sklearn.datasets import load_digits

    def key(array):
        return sorted(a.tobytes() for a in array.astype(np.uint8))

    assert key(images) == key(load_digits().images[..., None])
    assert images.max() == 16 == describe("digits").levels - 1
    np.testing.assert_array_equal(splits.test, load_splits("digits").test)
    # Those of every version: a run's own test images are none that it was trained on.
    found = [zlib.crc32(images.tobytes()) for images in (splits.validation, splits.test)]
    assert found == [318635490, 820674080]


@pytest.mark.parametrize("name", ["imagenet32", "ffhq256"])
def test_npy_files_stay_on_disk(name, tmp_path):
    info = describe(name)
    images = np.random.default_rng(0).integers(0, 256, (9, *info.image_size, 3), dtype=np.uint8)
    files = {"imagenet32": ["imagenet32-train.npy", "imagenet32-valid.npy"]}
    for file in files.get(name, ["ffhq-256.npy"]):
        np.save(tmp_path / file, images)
    splits = load_splits(name, tmp_path, limit_train=3)
    assert isinstance(splits.train.images, StoredImages) and len(splits.train) == 3
    assert len(splits.validation) == 4
    rows = splits.train[np.array([2, 0])]
    expected = images[splits.train.indices[[2, 0]]]
    np.testing.assert_array_equal(rows, expected)
    assert np.asarray(splits.validation).shape == splits.validation.shape
    assert not set(splits.train.indices) & set(splits.validation.indices)


def test_npy_files_of_other_images_are_refused(tmp_path):
    with pytest.raises(UserError, match="ffhq256 needs the folder that holds ffhq-256.npy"):
        load_splits("ffhq256")
    with pytest.raises(UserError, match=f"no FFHQ in {tmp_path}; it reads ffhq-256.npy; or "):
        load_splits("ffhq256", tmp_path)
    np.save(tmp_path / "ffhq-256.npy", np.zeros((2, 128, 128, 3), np.uint8))
    with pytest.raises(UserError, match=r"must have shape \(images, 256, 256, 3\). Received"):
        load_splits("ffhq256", tmp_path)


def test_svhn_pixels_are_where_they_are_in_the_published_files(tmp_path):
    # By hand: rows, columns, channels, images.
    content = np.zeros((32, 32, 3, 4), np.uint8)
    content[5, 9, 0, 1] = 10
    content[5, 9, 2, 3] = 30
    for file in ("train_32x32.mat", "test_32x32.mat"):
        savemat(tmp_path / file, {"X": content, "y": [[10]] * 4})
    splits = load_splits("svhn", tmp_path)
    assert [len(split) for split in splits] == [2, 2, 4]
    expected = np.zeros((4, 32, 32, 3), np.uint8)
    expected[1, 5, 9] = (10, 0, 0)
    expected[3, 5, 9] = (0, 0, 30)
    np.testing.assert_array_equal(splits.test, expected)
    np.testing.assert_array_equal(splits.train, expected[:2])
    np.testing.assert_array_equal(splits.validation, expected[2:])
    assert all(split.flags.c_contiguous for split in splits)


def test_a_missing_svhn_file_is_named(tmp_path):
    with pytest.raises(UserError, match="svhn needs the folder that holds train_32x32.mat"):
        load_splits("svhn")
    with pytest.raises(UserError, match="data_dir: no such folder. Received: .*/nowhere"):
        load_splits("svhn", tmp_path / "nowhere")
    with pytest.raises(UserError, match=f"data_dir: no SVHN in {tmp_path}; it reads train_32x32"):
        load_splits("svhn", tmp_path)
    write_mat(tmp_path / "train_32x32.mat", colour(4, 0))
    with pytest.raises(UserError, match=r"\(train_32x32.mat is there, test_32x32.mat is not\)"):
        load_splits("svhn", tmp_path)


def test_a_damaged_svhn_file_is_named_wherever_it_ends(tmp_path):
    write_svhn(tmp_path, colour(4, 0), colour(2, 1))
    path = tmp_path / "test_32x32.mat"
    content = path.read_bytes()
    flipped = bytearray(content)
    flipped[len(content) // 2] ^= 1
    # Each of these ends makes scipy raise another exception; 128 is the end of the header.
    damaged = [content[:end] for end in (0, 60, 125, 128, 130, 200, 3000)]
    newer = content[:124] + b"\x00\x02" + content[126:]  # MATLAB 7.3, which is HDF5
    for damage in [*damaged, bytes(flipped), newer, b"no such file" * 99]:
        path.write_bytes(damage)
        with pytest.raises(UserError, match=rf"^{path} is damaged .*; fetch it again$") as error:
            load_splits("svhn", tmp_path)
        assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((32, 32, 3, 4), np.float32),
        np.zeros((28, 28, 3, 4), np.uint8),
        np.zeros((4, 32, 32, 3), np.uint8),
        np.zeros((32, 32, 3, 0), np.uint8),
        np.zeros((32, 32), np.uint8),
        "text",
    ],
)
def test_mat_files_of_another_kind_are_refused(images, tmp_path):
    for file in ("train_32x32.mat", "test_32x32.mat"):
        savemat(tmp_path / file, {"X": images})
    with pytest.raises(UserError, match=r"train_32x32.mat: must (have|be) .* Received: "):
        load_splits("svhn", tmp_path)


def test_a_mat_file_without_images_says_so(tmp_path):
    for file in ("train_32x32.mat", "test_32x32.mat"):
        savemat(tmp_path / file, {"y": [[1]]})
    with pytest.raises(UserError, match=r"train_32x32.mat is damaged .*\(no variable X\)"):
        load_splits("svhn", tmp_path)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (["--dataset", "svhn"], "svhn needs the folder that holds train_32x32.mat"),
        (["--dataset", "cifar10", "--data_dir", "DIR"], "no CIFAR-10 in DIR; it reads"),
        (["--config", "mnist_lvae", "--data_dir", "DIR"], "no MNIST in DIR; it reads"),
        (["--dataset", "ffhq256", "--data_dir", "DIR/none"], "no such folder. Received: DIR/none"),
    ],
)
def test_missing_files_are_said_before_a_backend_is_loaded(
    flags, message, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr(main, "load_command", lambda: pytest.fail("TensorFlow would be imported"))
    assert main.main([flag.replace("DIR", str(tmp_path)) for flag in flags]) == 2
    error = capsys.readouterr().err
    assert message.replace("DIR", str(tmp_path)) in error and error.count("\n") == 1


def test_extra_images_of_svhn_come_before_the_training_images(tmp_path):
    train, test, extra = colour(6, 0), colour(2, 1), colour(4, 2)
    write_svhn(tmp_path, train, test)
    write_mat(tmp_path / "extra_32x32.mat", extra)
    splits = load_splits("svhn", tmp_path)
    images = np.concatenate([splits.train, splits.validation])
    np.testing.assert_array_equal(images, np.concatenate([extra, train]))


def test_a_file_that_would_fill_the_memory_is_refused_before_it_does(tmp_path):
    """Small files that say, or are, gigabytes."""
    header = np.array([2051, 2**30, 28, 28], ">i4").tobytes()
    for name in MNIST_FILES.values():
        (tmp_path / name).write_bytes(gzip.compress(header + bytes(99)))
    with pytest.raises(UserError, match="images would be 841,813,590,016 bytes, more than any"):
        load_splits("mnist", tmp_path)
    with zipfile.ZipFile(tmp_path / "mnist.npz", "w") as archive:
        archive.writestr("x_train.npy", b"")
        archive.writestr("x_test.npy", b"")
        archive.infolist()[0].file_size = 2**33
    with pytest.raises(UserError, match="x_train would be 8,589,934,592 bytes"):
        load_splits("mnist", tmp_path)


def test_bytes_after_the_images_are_no_images(tmp_path):
    write_mnist_idx(tmp_path, grey(4, 0), grey(3, 1), is_packed=False)
    path = tmp_path / "t10k-images-idx3-ubyte"
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(UserError, match="not as many bytes as 3 images have"):
        load_splits("mnist", tmp_path)


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        (tarfile.SYMTYPE, "cifar-10-batches-py/data_batch_1", "holds a link: .*data_batch_1"),
        (tarfile.LNKTYPE, "cifar-10-batches-py/data_batch_1", "holds a link: .*data_batch_1"),
        (tarfile.REGTYPE, "../data_batch_1", "a path outside of it: ../data_batch_1"),
        (tarfile.REGTYPE, "/etc/data_batch_1", "a path outside of it: /etc/data_batch_1"),
    ],
)
def test_links_and_paths_outside_of_an_archive_are_refused(kind, name, message, tmp_path):
    with tarfile.open(tmp_path / "cifar-10-python.tar.gz", "w:gz") as archive:
        member = tarfile.TarInfo(name)
        member.type, member.linkname = kind, "/etc/hostname"
        archive.addfile(member)
    with pytest.raises(UserError, match=message) as error:
        load_splits("cifar10", tmp_path)
    assert "\n" not in str(error.value)


def test_limits():
    splits = load_splits("digits", limit_train=10, limit_eval=5)
    assert [len(split) for split in splits] == [10, 5, 5]


def test_every_data_set_describes_itself():
    for name in DATASETS.names():
        info = DATASETS[name].info
        assert len(info.image_size) == 2 and info.image_channels in (1, 3) and info.levels > 1
    assert {"cifar10", "digits", "mnist"} <= set(DATASETS.names())


def test_digits_have_no_mirror_image():
    flips = {name for name in DATASETS.names() if describe(name).can_flip}
    assert set(DATASETS.names()) - flips == {"digits", "mnist", "omniglot", "svhn"}


@pytest.mark.parametrize("mode", ["static", "dynamic"])
def test_binarized_pixels_have_the_grey_levels_as_probabilities(mode, tmp_path):
    train = np.repeat(
        np.linspace(0, 255, 28 * 28).astype(np.uint8).reshape(1, 28, 28), 4000, axis=0
    )
    write_npz(tmp_path, "mnist", train, train[:50])
    splits = load_splits("mnist", tmp_path, binarize=mode)
    assert describe("mnist", mode).levels == 2
    assert set(np.unique(splits.test)) == {0, 1}
    # The draws of every version: nats of a run are of these pixels.
    found = [zlib.crc32(images.tobytes()) for images in (splits.validation, splits.test)]
    assert found == [1159773248, 2222069323]
    if mode == "dynamic":
        assert splits.train.max() == 255
    else:
        mean = splits.train[..., 0].mean(axis=0)
        np.testing.assert_allclose(mean, train[0] / 255, atol=0.06)
        assert set(np.unique(splits.train)) == {0, 1}


def test_binarize_is_refused_where_it_makes_no_sense():
    with pytest.raises(UserError, match="binarize: only none is allowed with dataset cifar10"):
        describe("cifar10", "static")
