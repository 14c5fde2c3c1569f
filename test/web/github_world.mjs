// The world that the table of GitHub operations is tried in: people, a repository under a strategy, changes, and what CI reported.
import { join } from 'node:path'
import { Octokit } from '@octokit/rest'
import { startServer } from './server.mjs'

const strategy = `strategy: 1
branches:
  main:
    type: production
    allow: {create: admin, push: nobody, merge: maintain}
    require: {approvals: 1, dismiss-stale: true, last-push-approval: true, threads-resolved: true, up-to-date: false, checks: [build]}
  feature: {match: "feature/{name}", type: work, base: main, into: {main: {method: merge}}}
tags:
  release: {match: "v{version}", branches: main, annotated: true, allow: {create: maintain}}
checks:
  build: {on: {change: main}}
environments:
  staging: {from: main, on: {manual: true}, allow: {deploy: write}, via: {run: "true"}}
  production: {from: main, on: {manual: true}, allow: {deploy: maintain}, via: {run: "true"}}
`

export async function githubWorld () {
  const s = await startServer()
  const token = {}
  for (const p of ['lead', 'ann', 'bob', 'eve']) { s.sluice('user', 'add', p); token[p] = s.sluice('token', 'create', '--user', p) }
  for (const p of ['lead', 'ann']) token[p + '-ship'] = s.sluice('token', 'create', '--user', p, '--scope', 'repo:write,deploy')
  const file = join(s.dir, 'strategy.yml')
  s.write(s.dir, 'strategy.yml', strategy)
  for (const name of ['demo/app', 'demo/lib', 'demo/web']) {
    s.sluice('repo', 'create', name, '--strategy', file, ...(name === 'demo/web' ? ['--public'] : []))
    s.sluice('role', 'grant', 'lead', 'admin', '--repo', name)
    s.sluice('role', 'grant', 'ann', 'write', '--repo', name)
    s.sluice('role', 'grant', 'bob', 'write', '--repo', name)
  }
  const clone = join(s.dir, 'clone')
  s.git(s.dir, 'init', '-q', '-b', 'main', clone)
  const commit = (path, message, text = message + '\n') => {
    s.write(clone, path, text)
    s.git(clone, 'add', '-A')
    s.git(clone, 'commit', '-q', '-m', message)
    return s.git(clone, 'rev-parse', 'HEAD')
  }
  const push = (person, ...what) => s.git(clone, 'push', '-q', s.remote(person, token[person], 'demo/app'), ...what)
  commit('README.md', 'docs: begin')
  commit('a.txt', 'feat: one')
  const root = commit('b.txt', 'feat: two')
  push('lead', 'main')
  s.git(clone, 'tag', '-a', '-m', 'first', 'v0.1.0')
  s.git(clone, 'tag', '-a', '-m', 'second', 'v0.2.0', 'HEAD~1')
  push('lead', 'v0.1.0', 'v0.2.0')
  const branch = (name, n = 1) => {
    s.git(clone, 'checkout', '-q', '-b', `feature/${name}`, 'main')
    for (let i = 1; i <= n; i++) commit(`${name}${i}.txt`, `feat: ${name} ${i}`, `${name}\n`.repeat(i))
    push('ann', `feature/${name}`)
    return s.git(clone, 'rev-parse', 'HEAD')
  }
  const oct = (person) => new Octokit({
    baseUrl: s.url + '/api/v3',
    auth: person && token[person],
    log: { debug () {}, info () {}, warn () {}, error () {} }
  })
  return { s, token, clone, commit, push, branch, oct, root }
}
