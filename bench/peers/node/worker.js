'use strict';
// The worker behind the queue, with a ledger: it claims the delivery, posts, and writes down both in one transaction.
const { randomUUID } = require('node:crypto');
const { DynamoDBClient, GetItemCommand, PutItemCommand, TransactWriteItemsCommand } = require('@aws-sdk/client-dynamodb');
const reading = require('./secrets');
const { post } = require('./relay');

const TableName = process.env.LEDGER_TABLE;
const table = new DynamoDBClient({});
const owner = randomUUID();
const LEASE_MS = 45_000;
const DAY_S = 86_400;

const S = (text) => ({ S: String(text) });
const N = (number) => ({ N: String(number) });

// Whether the delivery is ours to post; an error if another worker is posting it.
async function claim(id, now) {
  const Item = {
    pk: S('claim#' + id), sk: S('any'), v: N(1), state: S('claimed'), owner: S(owner), lease_until: N(now + LEASE_MS),
    expires_at: N(Math.floor(now / 1000) + 90 * DAY_S),
  };
  try {
    await table.send(new PutItemCommand({
      TableName, Item, ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      ConditionExpression: 'attribute_not_exists(#pk) OR (#state = :claimed AND #lease_until < :now)',
      ExpressionAttributeNames: { '#pk': 'pk', '#state': 'state', '#lease_until': 'lease_until' },
      ExpressionAttributeValues: { ':claimed': S('claimed'), ':now': N(now) },
    }));
    return true;
  } catch (error) {
    if (error.name !== 'ConditionalCheckFailedException' || error.Item?.state?.S !== 'posted') throw error;
    return false;
  }
}

function writeDown(id, data, ts, rev, now) {
  const expires_at = N(Math.floor(now / 1000) + 90 * DAY_S);
  const incident = {
    pk: S('incident#' + data.id), sk: S('state'), v: N(1), rev: N(rev + 1), number: N(data.number), title: S(data.title),
    service: S(data.service.summary), state: S(data.status), opened_at: S(data.created_at), changed_at: S(new Date(now).toISOString()),
    threads: { M: { any: S(ts) } }, gsi_pk: S('open'), gsi_sk: S(data.created_at), expires_at,
  };
  const delivery = {
    pk: S('claim#' + id), sk: S('any'), v: N(1), state: S('posted'), owner: S(owner), incident: S(data.id), kind: S('triggered'),
    at: S(new Date(now).toISOString()), post: S(ts), expires_at,
  };
  const tag = { pk: S('tag#PD' + data.number), sk: S('incident'), v: N(1), id: S(data.id), expires_at };
  const unchanged = rev
    ? { ConditionExpression: '#rev = :rev', ExpressionAttributeNames: { '#rev': 'rev' }, ExpressionAttributeValues: { ':rev': N(rev) } }
    : { ConditionExpression: 'attribute_not_exists(#pk)', ExpressionAttributeNames: { '#pk': 'pk' } };
  const ours = { ConditionExpression: '#owner = :me', ExpressionAttributeNames: { '#owner': 'owner' }, ExpressionAttributeValues: { ':me': S(owner) } };
  const puts = [{ TableName, Item: incident, ...unchanged }, { TableName, Item: delivery, ...ours }];
  if (!rev) puts.push({ TableName, Item: tag });
  return table.send(new TransactWriteItemsCommand({ TransactItems: puts.map((Put) => ({ Put })) }));
}

async function work(record, secrets) {
  const { id, event_type: type, data } = JSON.parse(record.body).event;
  if (type !== 'incident.triggered') return;
  const now = Date.now();
  const [{ Item: known }, ours] = await Promise.all([
    table.send(new GetItemCommand({ TableName, Key: { pk: S('incident#' + data.id), sk: S('state') }, ConsistentRead: true })),
    claim(id, now),
  ]);
  if (!ours) return;
  const ts = await post(data, secrets);
  await writeDown(id, data, ts, Number(known?.rev.N ?? 0), now);
}

exports.handler = async ({ Records }) => {
  const secrets = await reading;
  const batchItemFailures = [];
  for (const record of Records) {
    try {
      await work(record, secrets);
    } catch (error) {
      console.error(error.name, error.message);
      batchItemFailures.push({ itemIdentifier: record.messageId });
    }
  }
  return { batchItemFailures };
};
