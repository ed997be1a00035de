"""The form for both frameworks, written with pydantic and boto3: validate, store, send an e-mail."""

import datetime as dt
import hashlib
import hmac
import os
from html import escape
from typing import Annotated, Literal

import boto3
import phonenumbers
from botocore.config import Config
from pydantic import AfterValidator, BaseModel, Field

TABLE = os.environ["LEADS_TABLE"]
SECRET = os.environ["LEADS_SECRET"].encode()
SENDER = os.environ["LEADS_SENDER"]
RECIPIENT = os.environ["LEADS_RECIPIENT"]
SITE = os.environ["LEADS_SITE_URL"]

config = Config(connect_timeout=1, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 4})
dynamodb = boto3.client("dynamodb", config=config)
ses = boto3.client("sesv2", config=config)


def e164(typed: str) -> str:
    try:
        number = phonenumbers.parse(typed, "US")
    except phonenumbers.NumberParseException:
        raise ValueError("enter a phone number") from None
    if not phonenumbers.is_valid_number(number):
        raise ValueError("enter a phone number that exists")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


Name = Annotated[str, Field(min_length=1, max_length=100)]
Phone = Annotated[str, Field(max_length=60), AfterValidator(e164)]
Conditions = list[Literal["trd", "suicidal-thoughts", "ptsd"]]
BestTime = Literal["any", "morning", "afternoon"]


class LeadForm(BaseModel):
    name: Name
    phone: Phone
    conditions: Conditions = []
    best_time: BestTime = "any"
    voicemail: bool = False
    consent: str = ""
    source: str = ""
    leave_empty: str = ""


def keep(lead: LeadForm) -> None:
    """Store the lead once, however often it is sent, and e-mail the staff."""
    reference = hmac.digest(SECRET, lead.model_dump_json().encode(), hashlib.sha256).hex()[:24]
    received_at = dt.datetime.now(dt.UTC)
    item = {
        "reference": {"S": reference},
        "name": {"S": lead.name},
        "phone": {"S": lead.phone},
        "conditions": {"L": [{"S": condition} for condition in lead.conditions]},
        "best_time": {"S": lead.best_time},
        "voicemail": {"BOOL": lead.voicemail},
        "received_at": {"S": received_at.isoformat()},
        "expires_at": {"N": str(int(received_at.timestamp()) + 365 * 86_400)},
    }
    try:
        dynamodb.put_item(TableName=TABLE, Item=item, ConditionExpression="attribute_not_exists(reference)")
    except dynamodb.exceptions.ConditionalCheckFailedException:
        return
    text = f"{lead.name}\n{lead.phone}\nBest time: {lead.best_time}\n{SITE}/staff/leads/{reference}\n"
    html = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines())
    ses.send_email(
        FromEmailAddress=SENDER,
        Destination={"ToAddresses": [RECIPIENT]},
        Content={
            "Simple": {
                "Subject": {"Data": f"Call back ({reference})"},
                "Body": {"Text": {"Data": text}, "Html": {"Data": html}},
            }
        },
    )
