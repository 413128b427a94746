"""Where noise comes from: `draws`, the same under every backend, and `transforms` of uniforms."""
