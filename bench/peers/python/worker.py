"""The worker behind the queue, with a ledger: it claims the delivery, posts, and writes down both in one transaction."""
import json
import os
import sys
import time
import uuid
from datetime import datetime, timezone

from deployed import secrets, session
from relay import post

TABLE = os.environ["LEDGER_TABLE"]
OWNER = str(uuid.uuid4())
LEASE_MS = 45_000
KEEP_S = 90 * 86_400

table = session.client("dynamodb")


def text(value):
    return {"S": str(value)}


def number(value):
    return {"N": str(value)}


def claim(key, now):
    """Whether the delivery is ours to post; an error if another worker is posting it."""
    item = {"pk": text("claim#" + key), "sk": text("any"), "v": number(1), "state": text("claimed"), "owner": text(OWNER),
            "lease_until": number(int(now * 1000) + LEASE_MS), "expires_at": number(int(now) + KEEP_S)}
    try:
        table.put_item(
            TableName=TABLE, Item=item, ReturnValuesOnConditionCheckFailure="ALL_OLD",
            ConditionExpression="attribute_not_exists(#pk) OR (#state = :claimed AND #lease_until < :now)",
            ExpressionAttributeNames={"#pk": "pk", "#state": "state", "#lease_until": "lease_until"},
            ExpressionAttributeValues={":claimed": text("claimed"), ":now": number(int(now * 1000))})
    except table.exceptions.ConditionalCheckFailedException as error:
        if error.response.get("Item", {}).get("state") != text("posted"):
            raise
        return False
    return True


def write_down(key, data, ts, rev, now):
    at = datetime.fromtimestamp(now, timezone.utc).isoformat(timespec="milliseconds")
    expires_at = number(int(now) + KEEP_S)
    incident = {"pk": text("incident#" + data["id"]), "sk": text("state"), "v": number(1), "rev": number(rev + 1),
                "number": number(data["number"]), "title": text(data["title"]), "service": text(data["service"]["summary"]),
                "state": text(data["status"]), "opened_at": text(data["created_at"]), "changed_at": text(at),
                "threads": {"M": {"any": text(ts)}}, "gsi_pk": text("open"), "gsi_sk": text(data["created_at"]),
                "expires_at": expires_at}
    delivery = {"pk": text("claim#" + key), "sk": text("any"), "v": number(1), "state": text("posted"), "owner": text(OWNER),
                "incident": text(data["id"]), "kind": text("triggered"), "at": text(at), "post": text(ts), "expires_at": expires_at}
    tag = {"pk": text(f"tag#PD{data['number']}"), "sk": text("incident"), "v": number(1), "id": text(data["id"]),
           "expires_at": expires_at}
    if rev:
        unchanged = {"ConditionExpression": "#rev = :rev", "ExpressionAttributeNames": {"#rev": "rev"},
                     "ExpressionAttributeValues": {":rev": number(rev)}}
    else:
        unchanged = {"ConditionExpression": "attribute_not_exists(#pk)", "ExpressionAttributeNames": {"#pk": "pk"}}
    ours = {"ConditionExpression": "#owner = :me", "ExpressionAttributeNames": {"#owner": "owner"},
            "ExpressionAttributeValues": {":me": text(OWNER)}}
    puts = [{"TableName": TABLE, "Item": incident, **unchanged}, {"TableName": TABLE, "Item": delivery, **ours}]
    if not rev:
        puts.append({"TableName": TABLE, "Item": tag})
    table.transact_write_items(TransactItems=[{"Put": put} for put in puts])


def work(record):
    webhook = json.loads(record["body"])["event"]
    if webhook["event_type"] != "incident.triggered":
        return
    data, now = webhook["data"], time.time()
    known = table.get_item(TableName=TABLE, Key={"pk": text("incident#" + data["id"]), "sk": text("state")}, ConsistentRead=True)
    # One after the other: a thread for the second call would cost more than it saves.
    if not claim(webhook["id"], now):
        return
    ts = post(data, secrets)
    rev = int(known["Item"]["rev"]["N"]) if "Item" in known else 0
    write_down(webhook["id"], data, ts, rev, now)


def handler(event, context):
    failures = []
    for record in event["Records"]:
        try:
            work(record)
        except Exception as error:
            print(type(error).__name__, error, file=sys.stderr)
            failures.append({"itemIdentifier": record["messageId"]})
    return {"batchItemFailures": failures}
