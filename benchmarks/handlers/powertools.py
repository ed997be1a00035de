"""The form with aws-lambda-powertools: its HTTP resolver, validation on."""

from typing import Annotated, Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Form
from form import BestTime, Conditions, LeadForm, Name, Phone, keep

app = APIGatewayHttpResolver(enable_validation=True)


@app.post("/api/leads")
def take(  # field by field: its forms know no models
    name: Annotated[Name, Form()],
    phone: Annotated[Phone, Form()],
    conditions: Annotated[Conditions, Form()],
    best_time: Annotated[BestTime, Form()] = "any",
    voicemail: Annotated[bool, Form()] = False,
    consent: Annotated[str, Form()] = "",
    source: Annotated[str, Form()] = "",
    leave_empty: Annotated[str, Form()] = "",
) -> Response[str]:
    keep(
        LeadForm.model_construct(
            name=name,
            phone=phone,
            conditions=conditions,
            best_time=best_time,
            voicemail=voicemail,
            consent=consent,
            source=source,
            leave_empty=leave_empty,
        )
    )
    return Response(status_code=303, headers={"location": "/thank-you/"}, content_type="text/html", body="")


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    return app.resolve(event, context)
