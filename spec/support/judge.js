// What the libraries of others make of our signatures and seals, and signatures that they make for us: a question a line.
//
//   push    {body, authorization, audience, private, auth}        → {text, claims}: decrypted, and its sender believed
//   twilio  {token, url, fields}                                  → {signature}: as Twilio's own library computes it
//   webhook {secret, body, headers}                               → {}: verified by the library of Standard Webhooks
//   slack   {secret, body, stamp, signature}                      → {ok}: as Slack's own library judges it
//   slack_sign {secret, body, stamp}                              → {signature}: by Slack's documentation
'use strict';
const path = require('node:path');
const crypto = require('node:crypto');
const readline = require('node:readline');
const { createRequire } = require('node:module');
const from = createRequire(path.resolve(__dirname, '../../vendor/npm/package.json'));
const webPush = createRequire(from.resolve('web-push'));
const ece = webPush('http_ece');
const jws = webPush('jws');
const twilio = createRequire(from.resolve('twilio'))('./webhooks/webhooks');
const { Webhook } = from('standardwebhooks');
const slack = from('@slack/bolt/dist/receivers/verify-request');

const unbase64url = (text) => Buffer.from(text, 'base64url');

function publicPem(point) {
  const jwk = { kty: 'EC', crv: 'P-256', x: point.subarray(1, 33).toString('base64url'), y: point.subarray(33).toString('base64url') };
  return crypto.createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' });
}

const questions = {
  push(q) {
    const own = crypto.createECDH('prime256v1');
    own.setPrivateKey(unbase64url(q.private));
    const text = ece.decrypt(Buffer.from(q.body, 'base64'), { version: 'aes128gcm', privateKey: own, authSecret: q.auth });
    const [, token, key] = /^vapid t=([^,]+), k=(.+)$/.exec(q.authorization);
    const claims = jws.decode(token, { json: true }).payload;
    if (!jws.verify(token, 'ES256', publicPem(unbase64url(key)))) throw new Error('the token is not signed by its key');
    if (claims.aud !== q.audience) throw new Error('the token is for ' + claims.aud);
    return { text: text.toString('utf8'), claims, key };
  },
  twilio: (q) => ({ signature: twilio.getExpectedTwilioSignature(q.token, q.url, q.fields) }),
  webhook(q) {
    new Webhook(q.secret).verify(Buffer.from(q.body, 'base64').toString('utf8'), q.headers);
    return {};
  },
  slack: (q) => ({
    ok: slack.isValidSlackRequest({ signingSecret: q.secret, body: q.body,
      headers: { 'x-slack-request-timestamp': q.stamp, 'x-slack-signature': q.signature } }),
  }),
  slack_sign: (q) => ({ signature: 'v0=' + crypto.createHmac('sha256', q.secret).update(`v0:${q.stamp}:${q.body}`).digest('hex') }),
};

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  const question = JSON.parse(line);
  let answer;
  try {
    answer = questions[question.do](question);
  } catch (error) {
    answer = { error: String(error.message || error) };
  }
  process.stdout.write(JSON.stringify(Object.assign(answer, { id: question.id })) + '\n');
});
