// The pages of a rollout: traffic over what was measured, against its limits; what can be said to it, and by whom; where what runs stands to
// its branch. Requirement: PR-1, RC-3
import { chmodSync } from 'node:fs'
import { join } from 'node:path'
import { startServer, test, finish, equal, ok } from './server.mjs'

const s = await startServer()
const token = {}
for (const p of ['lead', 'reader']) { s.sluice('user', 'add', p); token[p] = s.sluice('token', 'create', '--user', p, '--scope', 'repo:write,deploy') }
const get = async (who, path) => {
  const r = await fetch(s.url + path, { headers: { authorization: `Bearer ${token[who]}` } })
  equal(r.status, 200, path)
  return path.includes('.json') ? r.json() : r.text()
}
const text = (page) => page.replace(/<svg[\s\S]*?<\/svg>/g, '').replace(/<[^>]*>/g, ' ').replaceAll('\u00a0', ' ').replace(/ +/g, ' ')
const clone = join(s.dir, 'clone')
s.git(s.dir, 'init', '-q', '-b', 'main', clone)
s.write(clone, '.sluice/strategy.yml', `strategy: 1
extends: [gitflow]
environments:
  production:
    from: main
    on: {manual: true}
    allow: {deploy: maintain}
    via: {run: scripts/deploy}
    rollout:
      style: canary
      steps: [{weight: 10%, pause: 1s}, {weight: 100%}]
      health: {probes: [{http: "${s.url}/healthz", expect: 200, within: 2s}, {command: "test ! -e sick"}]}
  held:
    from: main
    on: {manual: true}
    allow: {deploy: maintain}
    via: {run: scripts/deploy}
    rollout: {style: canary, steps: [{weight: 10%, pause: 1h}, {weight: 100%}]}
`)
s.write(clone, 'scripts/deploy', '#!/bin/sh\ntrue\n')
chmodSync(join(clone, 'scripts/deploy'), 0o755)
const commit = (message, path) => { s.write(clone, path, message); s.git(clone, 'add', '-A'); s.git(clone, 'commit', '-q', '-m', message) }
commit('feat: begin', 'a')
s.sluice('repo', 'import', 'demo/app', clone)
for (const [p, role] of [['lead', 'admin'], ['reader', 'read']]) s.sluice('role', 'grant', p, role, '--repo', 'demo/app')

async function deploy (environment, wanted) {
  const headers = { authorization: `Bearer ${token.lead}`, 'content-type': 'application/json' }
  const r = await fetch(`${s.url}/api/sluice/repos/demo/app/deployments`, { method: 'POST', headers, body: JSON.stringify({ environment, version: 'main' }) })
  equal(r.status, 201, await r.clone().text())
  const { number } = await r.json()
  for (const until = Date.now() + 30000; ;) {
    const d = await get('lead', `/demo/app/deployments/${number}.json`)
    if (wanted(d)) return number
    ok(Date.now() < until, JSON.stringify(d))
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const cookie = async (who) => {
  const headers = { origin: s.url, 'content-type': 'application/x-www-form-urlencoded' }
  const r = await fetch(`${s.url}/sign-in`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams({ token: token[who] }) })
  return r.headers.get('set-cookie').split(';')[0]
}
const offered = async (who, path) => {
  const page = await (await fetch(s.url + path, { headers: { cookie: await cookie(who) } })).text()
  return [...page.matchAll(/<button name="do" value="([a-z-]+)"/g)].map((m) => m[1]).join(' ')
}

await test('a rollout shows its traffic over what each probe measured, with the limit, and counts it', async () => {
  const n = await deploy('production', (d) => d.state === 'success')
  const page = await get('reader', `/demo/app/deployments/${n}`)
  const picture = page.match(/<svg[\s\S]*?<\/svg>/)[0]
  ok(/>10 %<\/text>/.test(picture) && /http http:\/\/127\.0\.0\.1:\d+\/healthz/.test(picture) && />2000 ms</.test(picture) && /command test ! -e sick/.test(picture), picture)
  ok(/healthz HTTP 200 within 2s ✓ (\d+) of \1 good HTTP 200 \(\d+ ms\)/.test(text(page)), text(page))
  const { measured } = await get('reader', `/demo/app/deployments/${n}.json`)
  ok(measured.length === 2 && measured.every((m) => m.good > 0 && m.bad === 0), JSON.stringify(measured))
})
await test('what runs is compared with its branch', async () => {
  ok(/No drift : it is what main has now/.test(text(await get('reader', '/demo/app/environments/production'))), 'none')
  commit('fix: more', 'b')
  s.git(clone, 'push', '-q', s.remote('lead', token.lead, 'demo/app'), 'HEAD:refs/heads/develop')
  ok(/From main, brought by a person; deployed by maintain/.test(text(await get('reader', '/demo/app/environments/production'))), 'who may')
})
await test('to a rollout under way is said what fits it, by whoever may deploy there', async () => {
  const n = await deploy('held', (d) => d.phase === 'pausing' || d.weight_pct === 10)
  equal(await offered('lead', `/demo/app/deployments/${n}`), 'pause promote abort', 'running')
  equal(await offered('reader', `/demo/app/deployments/${n}`), '', 'who only reads')
  const said = text(await get('reader', `/demo/app/deployments/${n}`))
  ok(/Its way: 10 % for 1h, then 100 %/.test(said) && new RegExp(`sluice deployment pause ${n}`).test(said), said)
  s.sluice('deployment', 'pause', String(n), '--repo', 'demo/app', '--as', 'lead')
  for (const until = Date.now() + 30000; !(await get('lead', `/demo/app/deployments/${n}.json`)).paused;) {
    ok(Date.now() < until, 'it is not paused')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  equal(await offered('lead', `/demo/app/deployments/${n}`), 'resume promote abort', 'paused')
  ok(/paused: it goes on when somebody says so/.test(text(await get('reader', `/demo/app/deployments/${n}`))), 'it says so')
  const { needs_you: needs } = await get('lead', '/demo/app.json')
  ok(needs.some((x) => x.what === 'Go on or go back' && / is held in held/.test(x.about)), JSON.stringify(needs))
  ok(/Waiting: 1 rollout waits/.test(text(await get('lead', '/demo/app'))), 'the map says it')
})
await s.stop()
finish()
