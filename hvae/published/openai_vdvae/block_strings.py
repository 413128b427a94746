"""The block strings in which VDVAE's published settings describe an architecture."""

from hvae.checks.received import received
from hvae.errors import UserError
from hvae.families.vdvae.step_strings import read_steps

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
        `dec_num_blocks`, `num_scales`, where widths differ the widths, and `dec_steps` where
        the decoder's blocks are not one scale after the other, each reading the one before.

    Raises:
        UserError: if a string cannot be read, only one of the two is there, or they describe
            what the published code cannot compute, or this one; the part is named.
    """
    strings = {key: values[key] for key in KEYS if key in values}
    if not strings:
        return values
    rest = {key: value for key, value in values.items() if key not in KEYS}
    if "enc_blocks" not in strings or "dec_blocks" not in strings:
        raise UserError(f"enc_blocks and dec_blocks go together. Received: {', '.join(strings)}")
    encoder = read_steps("enc_blocks", str(strings["enc_blocks"]), "d")
    decoder = read_steps("dec_blocks", str(strings["dec_blocks"]), "m")
    activations = _walk_up(encoder)
    _check_ends(encoder, decoder, activations)
    sizes = _halvings(activations[0], activations[-1])
    # Images of another size are refused where the data set is known.
    rest.setdefault("image_size", [sizes[0], sizes[0]])
    _check_padding(rest["image_size"], sizes)
    lists = {
        "enc_num_blocks": [_count(encoder, size, pools=False) for size in sizes],
        "enc_pool_blocks": [_count(encoder, size, pools=True) for size in sizes],
        "dec_num_blocks": [sum(at == size for at, _ in decoder) for size in sizes],
    }
    if decoder != _regular(decoder):
        lists["dec_steps"] = str(strings["dec_blocks"]).replace(" ", "").replace("d", "m")
    repeated = sorted(lists.keys() & rest.keys())
    if repeated:
        raise UserError(f"{repeated[0]}: enc_blocks and dec_blocks say it already")
    if strings.get("custom_width_str"):
        lists |= _widths(strings["custom_width_str"], sizes, activations, rest)
    return {**rest, "num_scales": len(sizes), **lists}


def _walk_up(encoder):
    """Sizes of which the decoder gets an activation, from the largest on."""
    sizes = [encoder[0][0]]
    for size, rate in encoder:
        if size != sizes[-1]:
            raise UserError(
                f"enc_blocks: blocks of {size} must stand where the state is {size}x{size}. "
                f"Received: {size} where it is {sizes[-1]}x{sizes[-1]}"
            )
        if rate not in (None, 1):
            if rate & (rate - 1) or size % rate:
                raise UserError(
                    f"enc_blocks: pooling is by powers of 2 that divide the size. "
                    f"Received: {size}d{rate}"
                )
            sizes.append(size // rate)
    return sizes


def _check_ends(encoder, decoder, activations):
    """Refuse scales that only one of the two has, where the other needs them."""
    for size, source in decoder:
        if size not in activations:
            part = f"{size}m{source}" if source else f"{size}"
            raise UserError(
                f"dec_blocks: enc_blocks give activations of {' '.join(map(str, activations))}. "
                f"Received: {part}"
            )
    largest = max(size for size, _ in decoder)
    if largest < activations[0]:
        raise UserError(
            f"dec_blocks: needs a block at {activations[0]}, the size of the images. "
            f"Received: {largest} as the largest"
        )
    smallest = min(size for size, _ in decoder)
    if smallest > activations[-1]:
        raise UserError(
            f"enc_blocks: must end at the smallest size of dec_blocks, {smallest}. "
            f"Received: {activations[-1]}"
        )


def _count(encoder, size, pools):
    """Blocks of the encoder at a size: those that pool, or the others."""
    return sum(at == size and (rate not in (None, 1)) == pools for at, rate in encoder)


def _regular(decoder):
    """The same blocks from the smallest size to the largest, each size reading the one before."""
    sizes = sorted({size for size, _ in decoder})
    blocks = []
    for source, size in zip((None, *sizes), sizes):
        count = sum(at == size for at, _ in decoder)
        blocks += [(size, source)] + (count - 1) * [(size, None)]
    return blocks


def _halvings(largest, smallest):
    sizes = [largest]
    while sizes[-1] > smallest:
        sizes.append(sizes[-1] // 2)
    return sizes


def _check_padding(image_size, sizes):
    height = image_size[0] if isinstance(image_size, (list, tuple)) and image_size else image_size
    if not isinstance(height, int):
        raise UserError(
            f"image_size: must be a height and a width. Received: {received(image_size)}"
        )
    multiple = 2 ** (len(sizes) - 1)
    padded = -(-height // multiple) * multiple
    if padded != sizes[0]:
        raise UserError(
            "enc_blocks and dec_blocks: the largest size must be the (padded) height of the "
            f"images, {padded}. Received: {sizes[0]}"
        )


def _widths(text, sizes, activations, values):
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
        # A scale that pooling passes over takes the width next to it.
        is_passed = size not in activations
        widths.append(widths[-1] if is_passed else custom.get(size, default))
    widths.reverse()
    if widths[0] != default:
        raise UserError(
            f"custom_width_str: the largest size has stage_in_width, {default}. "
            f"Received: {sizes[0]}:{widths[0]}"
        )
    for size, width, above in zip(sizes[1:], widths[1:], widths):
        if width < above:
            raise UserError(
                f"custom_width_str: {size} must be as wide as the larger sizes, {above}. "
                f"Received: {width}"
            )
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
