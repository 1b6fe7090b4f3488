"""How the parameters of a run are called on screens: as the task declared them when the run was queued."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from taskdeck.model.parameter import Parameter

Labels = Mapping[str, Mapping[str, str]]
"""``{"region": {"title": "Region", "value": "The north"}}``: what differs from the name and from the value itself.

``value`` is the label of the choice that was made. Parameters that have neither, or no value, are absent.
"""


def of(parameters: Iterable[Parameter], values: Mapping[str, object]) -> Labels:
    found = {}
    for parameter in parameters:
        if parameter.name not in values:
            continue
        value = values[parameter.name]
        chosen = next((each.label for each in parameter.allowed_values if each.value == value), "")
        label = {"title": parameter.title} if parameter.title not in ("", parameter.name) else {}
        label |= {"value": chosen} if chosen not in ("", str(value)) else {}
        if label:
            found[parameter.name] = label
    return found
