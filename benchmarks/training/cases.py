"""The models that are trained."""

#: Flags of `main.py` by name of the model.
CASES = {
    "cifar10": ("--config", "cifar10"),
    # 458,532 parameters, 13 blocks up and 13 down, with the other settings of cifar10.
    "small": (
        *("--config", "cifar10", "--stage_in_width", "64"),
        *("--enc_middle_width", "16", "--dec_middle_width", "16"),
        *("--enc_num_blocks", "3", "2", "2", "1", "0", "1"),
        *("--dec_num_blocks", "4", "3", "3", "2", "0", "1"),
    ),
    # Width 256 and 7 blocks down, where half precision pays if it does anywhere.
    "wide": (
        *("--config", "cifar10", "--stage_in_width", "256"),
        *("--enc_middle_width", "64", "--dec_middle_width", "64"),
        *("--enc_num_blocks", "2", "1", "1", "0", "0", "1"),
        *("--dec_num_blocks", "2", "2", "1", "1", "0", "1"),
    ),
    # What `make demo` trains.
    "digits": ("--config", "digits"),
}
