// A server on a fresh home for the tests of pages and API: real binary, real git, a free port.
import { spawn, execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, writeFileSync, rmSync, openSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

export const top = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
const sluiceProgram = join(process.env.BUILD_DIR ? join(top, process.env.BUILD_DIR) : join(top, 'build'), 'sluice')

export async function startServer () {
  const dir = mkdtempSync(join(tmpdir(), 'sluice-web-'))
  const home = join(dir, 'home')
  const env = {
    ...process.env, SLUICE_HOME: home, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: join(dir, 'gitconfig'), GIT_TERMINAL_PROMPT: '0',
    GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@example.org', GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@example.org'
  }
  delete env.SLUICE_SERVER
  delete env.SLUICE_TOKEN
  const log = openSync(join(dir, 'server.log'), 'w')
  const child = spawn(sluiceProgram, ['serve', '--home', home, '--listen', '127.0.0.1:0'], { env, stdio: ['ignore', 'pipe', log] })
  const url = await new Promise((resolve, reject) => {
    let text = ''
    const timer = setTimeout(() => reject(new Error('the server said no address within 20 s')), 20000)
    child.stdout.on('data', (d) => { text += d; if (text.includes('\n')) { clearTimeout(timer); resolve(text.split('\n')[0].trim()) } })
    child.on('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
  const sluice = (...args) => execFileSync(sluiceProgram, args, { env, encoding: 'utf8' }).trim()
  const git = (cwd, ...args) => execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim()
  const write = (cwd, path, text) => { mkdirSync(dirname(join(cwd, path)), { recursive: true }); writeFileSync(join(cwd, path), text) }
  const remote = (person, token, repo) => `${url.replace('//', `//${person}:${token}@`)}/${repo}.git`
  const stop = async () => {
    child.removeAllListeners('exit')
    const gone = new Promise((resolve) => child.on('exit', resolve))
    child.kill('SIGTERM')
    await Promise.race([gone, new Promise((resolve) => setTimeout(() => { child.kill('SIGKILL'); resolve() }, 15000))])
    rmSync(dir, { recursive: true, force: true, maxRetries: 5 })
  }
  return { dir, home, url, env, sluice, git, write, remote, stop }
}

let passed = 0
let failed = 0
export async function test (name, fn) {
  try {
    await fn()
    passed++
    console.log(`ok ${name}`)
  } catch (e) {
    failed++
    console.log(`not ok ${name}\n  ${String(e.stack ?? e).split('\n').slice(0, 8).join('\n  ')}`)
  }
}
export function finish () {
  console.log(`${passed} passed, ${failed} failed`)
  process.exitCode = failed || !passed ? 1 : 0
}
export function equal (got, want, what) {
  if (got !== want) throw new Error(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(want)}`)
}
export function ok (value, what) {
  if (!value) throw new Error(what)
}
