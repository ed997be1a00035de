"""CloudFormation's properties as parameters of a service's own API, by botocore's model of that API."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape
from botocore.session import get_session


@cache
def _model(service: str) -> Any:
    return get_session().get_service_model(service)


def request(service: str, operation: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation.

    Raises KeyError for a property that the API does not have: then the template has a mistake.
    """
    made: dict[str, Any] = _fitted(_model(service).operation_model(operation).input_shape, properties)
    return made


def _fitted(shape: Shape, value: Any) -> Any:
    if isinstance(shape, StructureShape) and isinstance(value, list):
        # CloudFront's lists are structures of length and items.
        return {"Quantity": len(value), "Items": _fitted(shape.members["Items"], value)}
    if isinstance(shape, StructureShape):
        names = {name.lower(): name for name in shape.members}  # SslSupportMethod is SSLSupportMethod in the API
        return {names[key.lower()]: _fitted(shape.members[names[key.lower()]], item) for key, item in value.items()}
    if isinstance(shape, ListShape):
        return [_fitted(shape.member, item) for item in value]
    if isinstance(shape, MapShape):
        return {key: _fitted(shape.value, item) for key, item in value.items()}
    return _scalar(shape.type_name, value)


def _scalar(kind: str, value: Any) -> Any:
    """Return the value in the API's type: CloudFormation also accepts text for numbers and booleans."""
    if kind == "boolean":
        return str(value).lower() == "true"
    if kind in {"integer", "long"}:
        return int(value)
    if kind in {"double", "float"}:
        return float(value)
    return str(value) if kind == "string" else value
