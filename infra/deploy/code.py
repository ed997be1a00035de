"""The S3 bucket from which CloudFormation takes the functions' package."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from botocore.exceptions import ClientError

from infra.stack import REGION, StackError, client, translate_aws_errors


def bucket_name(account: str) -> str:
    """Return the name of the bucket that all stacks of an account and region share."""
    return f"clinic-callback-code-{account}-{REGION}"


@dataclass(frozen=True)
class CodePackage:
    """The functions' package with its place in S3."""

    path: Path
    account: str

    @property
    def bucket(self) -> str:
        return bucket_name(self.account)

    @cached_property
    def key(self) -> str:
        """The key, by the content's SHA-256: with the same package CloudFormation sees no change."""
        return f"functions/{sha256(self.path.read_bytes()).hexdigest()}.zip"

    def upload(self) -> None:
        """Upload the package, creating the bucket if needed. Raises StackError."""
        with translate_aws_errors():
            if not self._exists():
                client("s3").create_bucket(Bucket=self.bucket)
            _secure(self.bucket, self.account)
            ours = {"Bucket": self.bucket, "ExpectedBucketOwner": self.account}
            client("s3").put_object(**ours, Key=self.key, Body=self.path.read_bytes())

    def _exists(self) -> bool:
        try:
            client("s3").head_bucket(Bucket=self.bucket, ExpectedBucketOwner=self.account)
        except ClientError as error:
            if error.response["Error"]["Code"] == "404":
                return False
            if error.response["Error"]["Code"] == "403":
                raise StackError(f"The bucket {self.bucket} belongs to another account or is closed to you.") from None
            raise
        return True


def _secure(bucket: str, account: str) -> None:
    """Make the bucket private, versioned and encrypted; each time, in case it was changed by hand."""
    s3, ours = client("s3"), {"Bucket": bucket, "ExpectedBucketOwner": account}
    blocked = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
    s3.put_public_access_block(**ours, PublicAccessBlockConfiguration=dict.fromkeys(blocked, True))
    s3.put_bucket_versioning(**ours, VersioningConfiguration={"Status": "Enabled"})
    encryption = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    s3.put_bucket_encryption(**ours, ServerSideEncryptionConfiguration=encryption)
