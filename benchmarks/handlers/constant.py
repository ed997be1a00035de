"""The least that a handler on boto3 can do: one item, one e-mail, both constant."""

from typing import Any

try:
    from boto3 import client
except ImportError:  # on our trimmed libraries, which have botocore alone
    from botocore.session import Session

    client = Session().create_client

dynamodb = client("dynamodb")
ses = client("sesv2")


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
