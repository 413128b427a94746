"""The block strings in which VDVAE's published settings describe an architecture."""

from hvae.errors import UserError

#: Keys of a configuration file that hold block strings, and what they become.
KEYS = ("enc_blocks", "dec_blocks", "custom_width_str")


def expand_block_strings(values):
    """Replace block strings by lists with one value per scale.

    `32x2` is two blocks at 32×32. In the encoder `32d2` is a block at 32×32 that pools by
    2 after the decoder's activation has been read; in the decoder `8m4` is a block at 8×8
    that first adds the up-sampled 4×4 state. `512:32,256:64` in `custom_width_str` gives
    scales a width of their own; the others have that of `stage_in_width`.

    Args:
        values: flat names and values of a configuration file, as YAML gives them.

    Returns:
        The values without the strings, with `enc_num_blocks`, `enc_pool_blocks`,
        `dec_num_blocks`, `num_scales` and, where widths differ, the widths.

    Raises:
        UserError: if a string cannot be read, or only one of the two is there.
    """
    strings = {key: values[key] for key in KEYS if key in values}
    if not strings:
        return values
    rest = {key: value for key, value in values.items() if key not in KEYS}
    if "enc_blocks" not in strings or "dec_blocks" not in strings:
        raise UserError(f"enc_blocks and dec_blocks go together. Received: {', '.join(strings)}")
    blocks, pool_blocks = _count("enc_blocks", strings["enc_blocks"], "d")
    up_blocks, mix_blocks = _count("dec_blocks", strings["dec_blocks"], "m")
    sizes = _sizes({*blocks, *pool_blocks, *up_blocks, *mix_blocks})
    # Images of another size are refused where the data set is known.
    rest.setdefault("image_size", [sizes[0], sizes[0]])
    _check_padding(rest["image_size"], sizes)
    lists = {
        "enc_num_blocks": [blocks.get(size, 0) for size in sizes],
        "enc_pool_blocks": [pool_blocks.get(size, 0) for size in sizes],
        "dec_num_blocks": [up_blocks.get(size, 0) + mix_blocks.get(size, 0) for size in sizes],
    }
    repeated = sorted(lists.keys() & rest.keys())
    if repeated:
        raise UserError(f"{repeated[0]}: enc_blocks and dec_blocks say it already")
    if strings.get("custom_width_str"):
        lists |= _widths(strings["custom_width_str"], sizes, rest, up_blocks | mix_blocks | blocks)
    return {**rest, "num_scales": len(sizes), **lists}


def _count(name, text, joint):
    """Blocks of each size, and those at a joint between sizes: two dictionaries."""
    plain, joints = {}, {}
    for part in str(text).replace(" ", "").split(","):
        separator = "x" if "x" in part else joint
        size, _, number = part.partition(separator)
        counts = plain if separator == "x" or not number else joints
        try:
            size, count = int(size), int(number or 1)
        except ValueError as error:
            raise UserError(
                f"{name}: parts look like 32x2 or 32{joint}2. Received: {part!r}"
            ) from error
        if size < 1 or count < 1:
            raise UserError(f"{name}: sizes and numbers start at 1. Received: {part!r}")
        counts[size] = counts.get(size, 0) + (count if separator == "x" else 1)
    return plain, joints


def _sizes(named):
    """All sizes from the largest to the smallest, halving."""
    largest, smallest = max(named), min(named)
    sizes = [largest]
    while sizes[-1] > smallest and sizes[-1] % 2 == 0:
        sizes.append(sizes[-1] // 2)
    foreign = sorted(named - set(sizes))
    if foreign:
        raise UserError(
            f"enc_blocks and dec_blocks: {foreign[0]} is no half, quarter, ... of {largest}"
        )
    return sizes


def _check_padding(image_size, sizes):
    multiple = 2 ** (len(sizes) - 1)
    padded = -(-image_size[0] // multiple) * multiple
    if padded != sizes[0]:
        raise UserError(
            "enc_blocks and dec_blocks: the largest size must be the (padded) height of the "
            f"images, {padded}. Received: {sizes[0]}"
        )


def _widths(text, sizes, values, used):
    """Widths of all scales; middle widths keep their ratio to them."""
    default = _single("stage_in_width", values)
    try:
        custom = {int(k): int(v) for k, v in (part.split(":") for part in str(text).split(","))}
    except ValueError as error:
        raise UserError(
            f"custom_width_str: looks like 512:32,256:64. Received: {text!r}"
        ) from error
    widths = []
    for size in reversed(sizes):
        # A scale without blocks only hands states on: it takes the width next to it.
        widths.append(custom.get(size, default) if size in used or not widths else widths[-1])
    widths.reverse()
    lists = {"stage_in_width": widths}
    for name in ("enc_middle_width", "dec_middle_width"):
        middle = _single(name, values)
        lists[name] = [width * middle // default for width in widths]
    return lists


def _single(name, values):
    value = values.get(name)
    value = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(value, int):
        raise UserError(f"{name}: custom_width_str needs it to be one number. Received: {value}")
    return value
