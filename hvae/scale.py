"""One spatial scale of the hierarchy."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Scale:
    """One spatial scale of the hierarchy, with the settings that hold there.

    Scales are numbered from the largest (0, the image's own size) to the smallest.
    """

    index: int
    height: int
    width: int
    stage_in_width: int
    enc_middle_width: int
    dec_middle_width: int
    z_width: int
    enc_num_blocks: int
    enc_pool_blocks: int
    dec_num_blocks: int
    kernel_size: int

    @property
    def size(self):
        """`(height, width)`."""
        return (self.height, self.width)

    def __str__(self):
        return f"{self.height}x{self.width}"
