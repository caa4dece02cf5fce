// A real OpenID Connect provider (the library oidc-provider) for specs: oidc_provider.js REDIRECT_URI. A question a line.
//
//   person {account, claims}        → {}: somebody whom it knows, with what it tells of them
//   login  {account, refuse, small} → {}: who is at the browser; refuse: it does not let them in; small: ID tokens hold no more than a name
//   break  {how}                    → {}: down, garbage, big, wrong_issuer, old_keys, slow, none: what it answers from now on
//   sign   {header, claims, key}    → {token}: a token of any content; key: RS256, ES256, or "other" that nobody publishes
//   seen   {}                       → {paths}: what was asked since the last time
'use strict';
const path = require('node:path');
const http = require('node:http');
const crypto = require('node:crypto');
const readline = require('node:readline');
const { pathToFileURL } = require('node:url');

console.log = console.info = console.warn = console.error = () => {}; // standard output is for answers
const library = path.resolve(__dirname, '../../vendor/npm/node_modules/oidc-provider/lib/index.js');
const b64 = (value) => Buffer.from(value).toString('base64url');
const pair = (alg) => (alg === 'ES256' ? crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }) : crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }));
const keys = { RS256: pair('RS256'), ES256: pair('ES256'), other: pair('RS256') };
const people = {}, state = { who: null, refuse: false, small: false, how: 'none', paths: [] };

function token(q) {
  const signed = b64(JSON.stringify(q.header)) + '.' + b64(JSON.stringify(q.claims));
  const key = { key: keys[q.key].privateKey, dsaEncoding: 'ieee-p1363' };
  return signed + '.' + crypto.sign('sha256', Buffer.from(signed), key).toString('base64url');
}

const questions = {
  person: (q) => { people[q.account] = q.claims; return {}; },
  login: (q) => { Object.assign(state, { who: q.account, refuse: !!q.refuse, small: !!q.small }); return {}; },
  break: (q) => { state.how = q.how; return {}; },
  sign: (q) => ({ token: token(q) }),
  seen: () => { const paths = state.paths; state.paths = []; return { paths }; },
};

async function main() {
  const { default: Provider } = await import(pathToFileURL(library).href);
  const server = http.createServer();
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  const issuer = 'http://127.0.0.1:' + server.address().port;
  const redirect = [process.argv[2]];
  const client = (id, alg, more) => ({ client_id: id, client_secret: 'a secret: with/odd+signs', redirect_uris: redirect, id_token_signed_response_alg: alg, ...more });
  const jwk = (name) => ({ ...keys[name].privateKey.export({ format: 'jwk' }), kid: name, use: 'sig', alg: name });
  const provider = new Provider(issuer, {
    clients: [client('rs', 'RS256'), client('es', 'ES256'), client('public', 'RS256', { token_endpoint_auth_method: 'none', client_secret: undefined })],
    jwks: { keys: [jwk('RS256'), jwk('ES256')] },
    cookies: { keys: ['spec'] },
    pkce: { required: () => true, methods: ['S256'] },
    scopes: ['openid', 'email', 'profile', 'groups'],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'preferred_username'], groups: ['groups'] },
    features: { devInteractions: { enabled: false } },
    conformIdTokenClaims: false,
    interactions: { url: (ctx, interaction) => '/interaction/' + interaction.uid },
    ttl: { Interaction: 600, Session: 600, Grant: 600 },
    findAccount: (ctx, id) => ({
      accountId: id,
      claims: (use) => ({ sub: id, ...(use === 'id_token' && state.small ? {} : people[id]) }),
    }),
  });
  const answer = provider.callback();

  async function interact(req, res) {
    const details = await provider.interactionDetails(req, res);
    if (state.refuse) return provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'not today' }, { mergeWithLastSubmission: false });
    const grant = new provider.Grant({ accountId: state.who, clientId: details.params.client_id });
    grant.addOIDCScope(details.params.scope);
    return provider.interactionFinished(req, res, { login: { accountId: state.who }, consent: { grantId: await grant.save() } }, { mergeWithLastSubmission: false });
  }

  function broken(req, res) {
    const json = (value) => { res.setHeader('content-type', 'application/json'); res.end(JSON.stringify(value)); return true; };
    if (state.how === 'down') return req.socket.destroy(), true;
    if (state.how === 'garbage') return res.end('<html>'), true;
    if (state.how === 'big') return res.end('x'.repeat(1 << 20)), true;
    if (state.how === 'slow') return true;
    if (state.how === 'wrong_issuer' && req.url.startsWith('/.well-known/')) return json({ issuer: 'http://127.0.0.1:1', authorization_endpoint: issuer, token_endpoint: issuer, jwks_uri: issuer });
    if (state.how === 'old_keys' && req.url.startsWith('/jwks')) return json({ keys: [{ ...keys.other.publicKey.export({ format: 'jwk' }), kid: 'RS256' }, 5, {}] });
    return false;
  }

  server.on('request', (req, res) => {
    state.paths.push(req.url.split('?')[0]);
    if (broken(req, res)) return;
    if (req.url.startsWith('/interaction/')) interact(req, res).catch((e) => { res.statusCode = 500; res.end(String(e)); });
    else answer(req, res);
  });
  const jwks = ['RS256', 'ES256'].map((name) => ({ ...keys[name].publicKey.export({ format: 'jwk' }), kid: name, use: 'sig', alg: name }));
  process.stdout.write(JSON.stringify({ started: true, issuer, jwks }) + '\n');
  const lines = readline.createInterface({ input: process.stdin });
  lines.on('line', (line) => {
    const q = JSON.parse(line);
    process.stdout.write(JSON.stringify({ id: q.id, ...questions[q.do](q) }) + '\n');
  });
  lines.on('close', () => process.exit(0));
}
main();
