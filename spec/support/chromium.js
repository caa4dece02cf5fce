// A headless Chromium, told what to do a line of JSON at a time: {id, js, args} → {id, value} or {id, error}. `js` is the body of an
// async function of (page, context, args, tools); {id, open: {width, height, dark, script}} begins anew with an empty profile.
// tools: base address from the command line, `axe(page)` → what axe-core finds wrong, `said`: what the console and the page's
// errors said since the last look.
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { createRequire } = require('node:module');
const from = createRequire(path.resolve(__dirname, '../../vendor/npm/package.json'));
const { chromium } = from('playwright-core');
const axeSource = fs.readFileSync(from.resolve('axe-core/axe.min.js'), 'utf8');
const AsyncFunction = (async () => {}).constructor;

const base = process.argv[2];
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];
let browser, context, page, said = [];

async function open({ width = 1280, height = 800, dark = false, script = true }) {
  browser = browser || await chromium.launch({ executablePath: '/usr/bin/chromium', args: flags });
  if (context) await context.close();
  context = await browser.newContext({ baseURL: base, viewport: { width, height }, colorScheme: dark ? 'dark' : 'light', javaScriptEnabled: script });
  page = await context.newPage();
  page.setDefaultTimeout(20000);
  said = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(String(error)));
}

// The page's own policy lets no script of ours in: its text is looked at where there is none.
async function axe(asked) {
  const other = await browser.newContext({ baseURL: base, bypassCSP: true, viewport: asked.viewportSize(),
    colorScheme: await asked.evaluate(() => (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) });
  await other.addCookies(await context.cookies());
  const copy = await other.newPage();
  await copy.goto(asked.url());
  await copy.addScriptTag({ content: axeSource });
  const found = await copy.evaluate(() => window.axe.run());
  await other.close();
  return found.violations.map((v) => `${v.id}: ${v.nodes[0].html}`);
}

const tools = { base, axe, get said() { const all = said; said = []; return all; } };

async function answer(order) {
  if (order.open) return open(order.open);
  return new AsyncFunction('page', 'context', 'args', 'tools', order.js)(page, context, order.args, tools);
}

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const order = JSON.parse(line);
    let said;
    try { said = { id: order.id, value: await answer(order) }; } catch (error) { said = { id: order.id, error: String(error) }; }
    process.stdout.write(JSON.stringify(said) + '\n');
  }
  if (browser) await browser.close();
})();
