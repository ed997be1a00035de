"""Connects services with DynamoDB, SES and the clock. Tests pass fakes of these.

What sends e-mails is imported where it is used: taking a lead needs none of it, so it is not at capture's cold start.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from leads import clock
from leads.aws import dynamodb
from leads.aws.facts import FactsReader
from leads.aws.repository import LeadRepository
from leads.clock import Clock
from leads.domain.facts import Facts
from leads.settings import Settings, TableSettings

if TYPE_CHECKING:  # what sends e-mails is not loaded at capture's cold start
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_sesv2 import SESV2Client

    from leads.domain.people import StaffedPractice
    from leads.mail.notifier import EmailNotifier
    from leads.services.follow_up import LeadService
    from leads.services.ports import FactsSource


def _ses() -> SESV2Client:
    from leads.aws import ses

    return ses.client()


@dataclass(frozen=True)
class Wiring:
    """What handlers and commands work with. The clients are made at the first call, and once."""

    dynamodb: Callable[[], DynamoDBClient] = dynamodb.client
    ses: Callable[[], SESV2Client] = _ses
    clock: Clock = clock.now
    source: FactsSource = field(default_factory=FactsReader)
    """What was published, as this process read it last."""

    def repository(self, settings: TableSettings) -> LeadRepository:
        """Return the leads table."""
        return LeadRepository(settings.table, self.dynamodb())

    def facts(self, settings: TableSettings) -> Facts:
        """Return the practice and the pages' shell as they were published."""
        return self.source.facts(settings, self.dynamodb, self.clock())

    def staffed_practice(self, settings: TableSettings) -> StaffedPractice:
        """Return the practice with the people who get its requests. Raises PeopleUnknownError."""
        from leads.domain.people import StaffedPractice

        people = self.source.people(settings, self.dynamodb, self.clock())
        return StaffedPractice.of(self.facts(settings).practice, people)

    def mailer(self, settings: Settings, practice: StaffedPractice) -> EmailNotifier:
        """Return the mailer of the practice's staff. Its client is made when the first e-mail is sent."""
        from leads.aws import ses
        from leads.mail.compose import Composer
        from leads.mail.notifier import EmailNotifier

        composer = Composer(practice, settings)
        return EmailNotifier(composer, lambda email: ses.send(email, self.ses(), settings))

    def lead_service(self, settings: Settings) -> LeadService:
        """Return the service that changes leads and sends e-mails. Raises PeopleUnknownError."""
        from leads.aws.counters import Counters, Locks
        from leads.services.follow_up import LeadService

        client, practice = self.dynamodb(), self.staffed_practice(settings)
        return LeadService(
            leads=LeadRepository(settings.table, client),
            counters=Counters(settings.table, client),
            locks=Locks(settings.table, client),
            mailer=self.mailer(settings, practice),
            practice=practice,
            settings=settings,
            clock=self.clock,
        )
