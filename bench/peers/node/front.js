'use strict';
// The front of the queue: it checks the signature and sends the webhook on, with AWS's SDK.
const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs');
const reading = require('./secrets');
const { authentic } = require('./relay');

const queue = new SQSClient({});

exports.handler = async (event) => {
  const body = Buffer.from(event.body, event.isBase64Encoded ? 'base64' : 'utf8');
  const secrets = await reading;
  if (!authentic(body, event.headers['x-pagerduty-signature'], secrets.PAGERDUTY_WEBHOOK_SECRETS)) return { statusCode: 503 };
  const text = body.toString();
  const { id, data } = JSON.parse(text).event;
  await queue.send(new SendMessageCommand({
    QueueUrl: process.env.QUEUE_URL, MessageBody: text, MessageGroupId: data.id, MessageDeduplicationId: id,
  }));
  return { statusCode: 202 };
};
