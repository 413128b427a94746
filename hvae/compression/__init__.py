"""Lossless compression: bits-back coding of images with a model's latents.

    compressor      images to a stack of bits and back, batch by batch
    stack           the entropy coder: constriction's, of Gaussians on a grid and of tables
    pixel_tables    p(x|z) as a table of the values of each channel
    fingerprint     what has to be the same to decode
    file_format     the bytes of a file

Reference:
    Townsend et al. 2020 (HiLLoC); Kingma et al. 2019 (Bit-Swap); Townsend et al. 2019 (BB-ANS).
"""
