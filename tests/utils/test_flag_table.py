from utils.experiments.experiment import all_fields
from utils.flag_table import PAGE, flag_table, with_table


def test_the_table_in_the_documentation_is_current():
    """If this fails: python -m utils.flag_table"""
    text = PAGE.read_text(encoding="utf-8")
    assert with_table(text) == text


def test_every_flag_is_in_the_table():
    table = flag_table()
    for name, field in all_fields().items():
        assert (f"| `--{name}`" in table) == field.metadata["flag"]
