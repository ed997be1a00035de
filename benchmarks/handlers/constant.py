"""The least that a handler on boto3 can do: one item, one e-mail, both constant."""

from typing import Any

import boto3

dynamodb = boto3.client("dynamodb")
ses = boto3.client("sesv2")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    dynamodb.put_item(TableName="leads", Item={"reference": {"S": "0000"}, "name": {"S": "A visitor"}})
    ses.send_email(
        FromEmailAddress="leads@example.com",
        Destination={"ToAddresses": ["front-desk@example.com"]},
        Content={
            "Simple": {"Subject": {"Data": "Call back"}, "Body": {"Text": {"Data": "A visitor asks for a call."}}}
        },
    )
    return {"statusCode": 303, "headers": {"location": "/thank-you/"}, "body": ""}
