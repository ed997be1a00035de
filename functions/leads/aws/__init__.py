"""Adapters for DynamoDB and SES."""
