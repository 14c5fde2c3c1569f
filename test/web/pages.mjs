// Every page in Chromium: no axe violation in light, dark and at 320 px; whole without a script; at most 30 KB and three requests cold;
// the same as data; the way of a person who signs in and asks why. Requirement: PR-1, RC-3
import { readFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { startServer, test, finish, equal, ok } from './server.mjs'

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const shots = process.env.SLUICE_SCREENSHOTS
if (shots) mkdirSync(shots, { recursive: true })

const s = await startServer()
const token = {}
for (const p of ['lead', 'ann', 'bob']) { s.sluice('user', 'add', p); token[p] = s.sluice('token', 'create', '--user', p) }
s.sluice('repo', 'create', 'demo/app', '--preset', 'tower')
s.sluice('role', 'grant', 'lead', 'admin', '--repo', 'demo/app')
s.sluice('role', 'grant', 'ann', 'write', '--repo', 'demo/app')
s.sluice('role', 'grant', 'bob', 'write', '--repo', 'demo/app')

// An administrator creates the long-lived branches, then ann brings a change with a name that tries to be markup.
const clone = join(s.dir, 'clone')
s.git(s.dir, 'init', '-q', '-b', 'main', clone)
s.write(clone, 'README.md', '# app\n')
s.git(clone, 'add', '-A')
s.git(clone, 'commit', '-q', '-m', 'docs: begin')
s.git(clone, 'push', '-q', s.remote('lead', token.lead, 'demo/app'), 'main', 'main:development')
s.git(clone, 'checkout', '-q', '-b', 'feature/greeting')
s.write(clone, 'greeting <b>.txt', 'hello\n'.repeat(40))
s.git(clone, 'add', '-A')
s.git(clone, 'commit', '-q', '-m', 'feat(ui): greet <script>alert(1)</script>')
s.git(clone, 'push', '-q', s.remote('ann', token.ann, 'demo/app'), 'feature/greeting')
const api = async (person, method, path, body) => {
  const r = await fetch(s.url + path, { method, headers: { authorization: `Bearer ${token[person]}`, 'content-type': 'application/json' }, body: body && JSON.stringify(body) })
  ok(r.status < 300, `${method} ${path} answered ${r.status}: ${await r.clone().text()}`)
  return r.json()
}
await api('ann', 'POST', '/api/v3/repos/demo/app/pulls', { title: 'Greet <b>people</b>', head: 'feature/greeting', base: 'development', body: '- [x] Self-review completed\n' })
const head = s.git(clone, 'rev-parse', 'HEAD')
await api('bob', 'POST', `/api/v3/repos/demo/app/statuses/${head}`, { state: 'success', context: 'tests', description: 'all green' })

const pages = [
  ['/', 'repositories'],
  ['/demo/app', 'map'],
  ['/demo/app/changes', 'changes'],
  ['/demo/app/changes/1', 'change'],
  ['/demo/app/changes/1/diff', 'diff'],
  ['/demo/app/strategy', 'strategy'],
  ['/demo/app/audit', 'audit'],
  ['/demo/app/environments', 'environments'],
  ['/demo/app/environments/production', 'environment'],
  ['/demo/app/deployments', 'deployments']
]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync']
})
async function signedIn (options) {
  const context = await browser.newContext({ bypassCSP: true, ...options })
  const page = await context.newPage()
  await page.goto(s.url + '/sign-in')
  await page.fill('input[name=token]', token.bob)
  await page.click('main button')
  await page.waitForURL((u) => !u.pathname.startsWith('/sign-in'))
  return { context, page }
}
async function violations (page) {
  await page.evaluate(axeSource)
  const r = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return r.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.target.join(' ') + ' ' + (n.any[0]?.message ?? n.all[0]?.message ?? '')).join(' | ')}`)
}

for (const [look, options] of [
  ['light', { colorScheme: 'light', viewport: { width: 1200, height: 900 } }],
  ['dark', { colorScheme: 'dark', viewport: { width: 1200, height: 900 } }],
  ['320', { colorScheme: 'light', viewport: { width: 320, height: 640 } }]
]) {
  const { context, page } = await signedIn(options)
  for (const [path, name] of pages) {
    await test(`${name} in ${look}: axe finds nothing, nothing sticks out`, async () => {
      const answer = await page.goto(s.url + path)
      equal(answer.status(), 200, path)
      if (shots) await page.screenshot({ path: join(shots, `${name}-${look}.png`), fullPage: true })
      equal((await violations(page)).join('\n'), '', 'axe')
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth])
      ok(wide <= room, `the page is ${wide} px wide in a window of ${room}`)
    })
  }
  await context.close()
}

const { context, page } = await signedIn({ javaScriptEnabled: false, bypassCSP: false })
for (const [path, name] of pages) {
  await test(`${name}: at most 30 KB and three requests, whole without a script, closed headers`, async () => {
    const requests = []
    const seen = (r) => requests.push(r)
    page.on('requestfinished', seen)
    const answer = await page.goto(s.url + path)
    page.off('requestfinished', seen)
    equal(answer.status(), 200, path)
    const bytes = (await answer.body()).length
    ok(bytes <= 30 * 1024, `${path} has ${bytes} bytes`)
    ok(requests.length <= 3, `${path} made ${requests.length} requests`)
    const h = answer.headers()
    ok(/default-src 'none'/.test(h['content-security-policy'] ?? ''), 'a content security policy')
    ok(/frame-ancestors 'none'/.test(h['content-security-policy'] ?? ''), 'frame-ancestors')
    equal(h['x-content-type-options'], 'nosniff', 'nosniff')
    ok(h['referrer-policy'], 'a referrer policy')
    ok(!(await page.content()).includes('<script>alert'), 'markup of a commit message got through')
    ok((await page.locator('main').innerText()).length > 20, 'main is empty')
  })
  await test(`${name}: the same as data`, async () => {
    const r = await page.request.get(s.url + (path === '/' ? '/index' : path) + '.json')
    equal(r.status(), 200, 'status')
    equal(typeof await r.json(), 'object', 'JSON')
  })
  await test(`${name}: an ETag saves the second answer`, async () => {
    const first = await page.request.get(s.url + path)
    ok(first.headers().etag, 'no ETag')
  })
}
await test('a change says what blocks it and links the line of the rule', async () => {
  await page.goto(s.url + '/demo/app/changes/1')
  const answer = await page.locator('.answer').first().innerText()
  ok(/Blocked|Waiting/.test(answer), answer)
  ok(await page.locator('.rung.waiting, .rung.failed').count() > 0, 'no rung that blocks')
  ok((await page.locator('.ladder').first().innerText()).includes('approval'), 'approvals are not named')
})
await test('another site may not send a form', async () => {
  const r = await fetch(s.url + '/sign-in', { method: 'POST', headers: { origin: 'http://evil.example', 'sec-fetch-site': 'cross-site', 'content-type': 'application/x-www-form-urlencoded' }, body: 'token=x' })
  equal(r.status, 403, 'status')
})
await test('who is not signed in sees nothing of a private repository', async () => {
  for (const [path] of pages.slice(1)) {
    const r = await fetch(s.url + path, { redirect: 'manual' })
    equal(r.status, 404, path)
  }
})
await context.close()
await browser.close()
await s.stop()
finish()
