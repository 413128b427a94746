"""Linear maps: orthogonal ones, the exponential of a convolution, and what these need."""
