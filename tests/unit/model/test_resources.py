"""The share of the machine that a run takes."""

import pytest

from taskdeck.model.resources import Resources, overridden

DECLARED = Resources(cpu=1000, memory_mb=512, disk_gb=1)


def test_parameters_go_before_what_the_task_declares_in_any_case():
    parameters = {"REQUIRED_CPU": 500, "required_memory": 2048, "Required_Disk_Space": 0.5, "year": 2024}

    assert overridden(DECLARED, parameters) == Resources(cpu=500, memory_mb=2048, disk_gb=0.5)


def test_a_parameter_without_a_value_leaves_what_is_declared():
    assert overridden(DECLARED, {"REQUIRED_CPU": None}) == DECLARED


@pytest.mark.parametrize("value", [-1, "many", 1.5, True, 2**40])
def test_what_is_no_amount_is_a_problem_of_its_parameter(value):
    with pytest.raises(ValueError, match="REQUIRED_CPU") as refused:
        overridden(DECLARED, {"REQUIRED_CPU": value})

    assert list(refused.value.args[0]) == ["REQUIRED_CPU"]


def test_shortages_name_what_is_missing_and_what_is_free():
    assert Resources(cpu=3000, memory_mb=4000, disk_gb=2).shortages(Resources(cpu=1000, memory_mb=9000)) == [
        "3 cores of processor (1 core free)",
        "2 GB of disk space (0 GB free)",
    ]


def test_what_declares_nothing_fits_everywhere():
    assert Resources().shortages(Resources(cpu=-500, memory_mb=-1)) == []
