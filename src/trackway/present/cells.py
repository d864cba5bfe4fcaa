"""Nested values of a row as one text each, for tables and CSV, which have no nesting."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

JOINT: Final = "; "
_ISO: Final = "%Y-%m-%dT%H:%M:%SZ"


def timed(table: pa.Table) -> pa.Table:
    """Return the table with every time, at any depth, as text such as `2020-10-22T06:21:38.485000Z`."""
    columns = [_timed(column.combine_chunks()) for column in table.columns]
    return pa.table(dict(zip(table.column_names, columns, strict=True)))


def _timed(array: pa.Array) -> pa.Array:
    if pa.types.is_timestamp(array.type):
        return pc.strftime(array.cast(pa.timestamp("us")), _ISO)
    if pa.types.is_struct(array.type):
        fields = [_timed(pc.struct_field(array, [index])) for index in range(array.type.num_fields)]
        names = [field.name for field in array.type.fields]
        return pa.StructArray.from_arrays(fields, names=names, mask=array.is_null())
    if pa.types.is_list(array.type) and pa.types.is_nested(array.type.value_type):
        return _timed_list(array)
    return array


def _timed_list(array: pa.ListArray) -> pa.ListArray:
    """Rebuild a list from its lengths, so that slices and nulls come out right."""
    lengths = pc.fill_null(pc.list_value_length(array), 0)
    offsets = pa.concat_arrays([pa.array([0], pa.int32()), pc.cumulative_sum(lengths).cast(pa.int32())])
    return pa.ListArray.from_arrays(
        offsets, _timed(array.flatten()), mask=array.is_null() if array.null_count else None
    )


def cell(value: object) -> str:
    """Return one value as text: null is empty, a list is joined by `; `, an object is its headline."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return headline(value)
    if isinstance(value, Sequence) and not isinstance(value, str):
        return JOINT.join(cell(item) for item in value)
    return str(value)


def headline(value: Mapping[str, object]) -> str:
    """Return what a citation, a name, a process, a script or an open question is called in one text."""
    if "question" in value:
        return f"{value['question']} ({value['source']}: {value['state']})"
    if "file" in value:
        return citation(value)
    if "image" in value:
        return f"{value['image'] or 'unknown image'} ({value['pid']})"
    return str(value.get("name") or value.get("script") or next(iter(value.values()), ""))


def citation(value: Mapping[str, object]) -> str:
    """Return where a record stands: `file:line` in a text file, `file#record` in an event log."""
    if value.get("line") is not None:
        return f"{value['file']}:{value['line']}"
    return f"{value['file']}#{value['record']}" if value.get("record") is not None else str(value["file"])
