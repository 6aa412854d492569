"""The front of the queue: it checks the signature and sends the webhook on, with boto3."""
import json
import os

from deployed import secrets, session
from relay import authentic, body_of

queue = session.client("sqs")


def handler(event, context):
    body = body_of(event)
    if not authentic(body, event["headers"].get("x-pagerduty-signature", ""), secrets["PAGERDUTY_WEBHOOK_SECRETS"]):
        return {"statusCode": 503}
    webhook = json.loads(body)["event"]
    queue.send_message(QueueUrl=os.environ["QUEUE_URL"], MessageBody=body.decode(), MessageGroupId=webhook["data"]["id"],
                       MessageDeduplicationId=webhook["id"])
    return {"statusCode": 202}
