from hvae.inference.generation.generated_images import GeneratedImages


def test_reading_from_first_to_last_draws_once():
    starts = []

    def stream(indices):
        starts.append(indices)
        return (10 * i for i in indices)

    images = GeneratedImages(stream, 4)
    assert len(images) == 4
    # Readers look at the first one before they begin.
    assert [images[0], *(images[i] for i in range(4))] == [0, 0, 10, 20, 30]
    assert starts == [range(4)]
    assert images[2] == 20 and images[3] == 30 and images[1] == 10
    assert starts == [range(4), range(2, 4), range(1, 4)]
