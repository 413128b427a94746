"""Making programs that run without Keras, under TensorFlow; `hvae.deploy` runs them."""
