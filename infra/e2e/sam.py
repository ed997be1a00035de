"""The template transformed to plain CloudFormation, by AWS's own SAM translator."""

from __future__ import annotations

from typing import Any

import boto3
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator
from samtranslator.yaml_helper import yaml_parse

from infra.stack import REGION
from infra.template import PATH


def transformed() -> dict[str, Any]:
    """Return infra/template.yaml as plain CloudFormation."""
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=REGION))
    made: dict[str, Any] = translator.translate(yaml_parse(PATH.read_text(encoding="utf-8")), {})
    return made
