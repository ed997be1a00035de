"""The form with FastAPI, made into a handler by Mangum."""

from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.responses import RedirectResponse
from form import LeadForm, keep
from mangum import Mangum

app = FastAPI(openapi_url=None)


@app.post("/api/leads")
def take(lead: Annotated[LeadForm, Form()]) -> RedirectResponse:
    keep(lead)
    return RedirectResponse("/thank-you/", status_code=303)


handler = Mangum(app, lifespan="off")
