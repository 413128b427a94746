"""Lossless compression: bits-back coding of images with a model's latents.

    compressor    images to a stack of bits and back, batch by batch
    pixels        images on the stack, some pixels at a time
    stack         the entropy coder: constriction's, of Gaussians on a grid and of tables
    walks         what is asked of a model; keras_walks: answered by the model itself
    range_table   p(x|z) of a channel, digit by digit of its values; digits: what these are
    coded_models  which models can code images
    fingerprint   what has to be the same to decode
    file_format   the bytes of a file; image_files: images to one and back

Reference:
    Townsend et al. 2020 (HiLLoC); Kingma et al. 2019 (Bit-Swap); Townsend et al. 2019 (BB-ANS).
"""
