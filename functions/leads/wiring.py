"""Connects services with DynamoDB, SES and the clock. Tests pass fakes of these."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from leads import clock
from leads.aws import dynamodb
from leads.aws.repository import LeadRepository
from leads.clock import Clock
from leads.settings import Settings, TableSettings

if TYPE_CHECKING:  # what sends e-mails is not loaded at capture's cold start
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sesv2 import SESV2Client

    from leads.mail.notifier import EmailNotifier
    from leads.services.follow_up import LeadService


def _ses() -> SESV2Client:
    from leads.aws import ses

    return ses.client()


@dataclass(frozen=True)
class Wiring:
    """What handlers and commands work with. The clients are made at the first call, and once."""

    dynamodb: Callable[[], DynamoDBClient] = dynamodb.client
    ses: Callable[[], SESV2Client] = _ses
    clock: Clock = clock.now

    def repository(self, settings: TableSettings) -> LeadRepository:
        """Return the leads table."""
        return LeadRepository(settings.table, self.dynamodb())

    def mailer(self, settings: Settings) -> EmailNotifier:
        """Return the mailer of the practice's staff. Its client is made when the first e-mail is sent."""
        from leads.aws import ses
        from leads.mail.compose import Composer
        from leads.mail.notifier import EmailNotifier

        composer = Composer(settings.practice, settings)
        return EmailNotifier(composer, lambda email: ses.send(email, self.ses(), settings))

    def lead_service(self, settings: Settings) -> LeadService:
        """Return the service that changes leads."""
        from leads.aws.counters import Counters, Locks
        from leads.services.follow_up import LeadService

        client = self.dynamodb()
        return LeadService(
            leads=LeadRepository(settings.table, client),
            counters=Counters(settings.table, client),
            locks=Locks(settings.table, client),
            mailer=self.mailer(settings),
            practice=settings.practice,
            settings=settings,
            clock=self.clock,
        )
