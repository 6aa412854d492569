'use strict';
// What the lean peers share: signature, rota and message, with nothing but node:http and node:crypto.
const crypto = require('node:crypto');
const http = require('node:http');

const env = process.env;
const agent = new http.Agent({ keepAlive: true });
const CACHE_MS = 60_000;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

function call(url, method, headers, body) {
  return new Promise((resolve, reject) => {
    if (body) headers['content-length'] = Buffer.byteLength(body);
    const request = http.request(url, { method, agent, headers, timeout: 2000 }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString();
        if (response.statusCode >= 300) reject(new Error(`${response.statusCode} ${text}`));
        else resolve(JSON.parse(text));
      });
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', reject);
    request.end(body);
  });
}

// PagerDuty v3: any v1 signature made with any of our secrets, over the body's bytes as they came.
function authentic(body, header, secrets) {
  const given = (header || '').split(',').map((s) => s.trim()).filter((s) => s.startsWith('v1='));
  return secrets.split(',').some((secret) => {
    const wanted = Buffer.from('v1=' + crypto.createHmac('sha256', secret).update(body).digest('hex'));
    return given.some((s) => s.length === wanted.length && crypto.timingSafeEqual(Buffer.from(s), wanted));
  });
}

let token = { text: '', until: 0 };
async function accessToken(keyFile, now) {
  if (now < token.until) return token.text;
  const key = JSON.parse(keyFile);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(now / 1000);
  const scope = 'https://www.googleapis.com/auth/spreadsheets.readonly';
  const signed = part({ alg: 'RS256', typ: 'JWT', kid: key.private_key_id }) + '.'
    + part({ iss: key.client_email, scope, aud: key.token_uri, iat, exp: iat + 3600 });
  const assertion = signed + '.' + crypto.sign('RSA-SHA256', signed, key.private_key).toString('base64url');
  const form = `grant_type=${encodeURIComponent('urn:ietf:params:oauth:grant-type:jwt-bearer')}&assertion=${assertion}`;
  const answer = await call(key.token_uri, 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, form);
  token = { text: answer.access_token, until: now + (answer.expires_in - 60) * 1000 };
  return token.text;
}

let roster = { rows: new Map(), slackIds: new Map(), until: 0 };
async function readRoster(keyFile, now) {
  if (now < roster.until) return roster;
  const ranges = [env.ROTATION_RANGE, env.MEMBERS_RANGE].map((range) => 'ranges=' + encodeURIComponent(range)).join('&');
  const url = `${env.GOOGLE_SHEETS_BASE_URL}/v4/spreadsheets/${env.GOOGLE_SHEET_ID}/values:batchGet?${ranges}&valueRenderOption=UNFORMATTED_VALUE`;
  const { valueRanges: [rotation, members] } = await call(url, 'GET', { authorization: 'Bearer ' + await accessToken(keyFile, now) });
  roster = {
    rows: new Map(rotation.values.map((row) => [row[0], row])),
    slackIds: new Map(members.values.map(([name, slack]) => [String(name).trim(), slack])),
    until: now + CACHE_MS,
  };
  return roster;
}

const minutes = (text) => { const [h, m] = text.split(':'); return h * 60 + +m; };
const [opens, closes] = env.BUSINESS_HOURS.split('-').map(minutes);
const [firstDay, lastDay] = env.BUSINESS_DAYS.split('-').map((day) => (DAYS.indexOf(day) + 6) % 7);

async function mentions(keyFile, now) {
  const tokyo = new Date(now + 9 * 3600_000); // no summer time in Asia/Tokyo; read with getUTC…
  const minute = tokyo.getUTCHours() * 60 + tokyo.getUTCMinutes();
  const weekday = (tokyo.getUTCDay() + 6) % 7;
  if (minute < opens || minute >= closes || weekday < firstDay || weekday > lastDay) return '';
  const { rows, slackIds } = await readRoster(keyFile, now);
  const serial = Math.floor(tokyo / 86_400_000) + 25_569; // Sheets counts days from 1899-12-30
  const [, ...names] = (rows.get(serial) || []).slice(0, 3);
  return names.map((name) => slackIds.get(String(name).trim())).filter(Boolean).map((id) => `<@${id}>`).join(' ');
}

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

// Posts the incident of a PagerDuty v3 webhook. The secrets have the names of the settings.
async function post(data, secrets) {
  const text = `${await mentions(secrets.GOOGLE_SERVICE_ACCOUNT_KEY, Date.now())}\n:fire: *Triggered* #PD${data.number} ${escape(data.title)}\n`
    + `${escape(data.service.summary)} · urgency ${data.urgency}\n${data.html_url}`;
  const headers = { 'content-type': 'application/json; charset=utf-8', authorization: 'Bearer ' + secrets.SLACK_BOT_TOKEN };
  const answer = await call(env.SLACK_BASE_URL + '/chat.postMessage', 'POST', headers, JSON.stringify({ channel: env.SLACK_CHANNEL, text }));
  if (!answer.ok) throw new Error(answer.error);
  return answer.ts;
}

module.exports = { authentic, post };
