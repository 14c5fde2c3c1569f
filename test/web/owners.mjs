// Whose a path is, as npm `codeowners` reads the same CODEOWNERS: random files, and real paths (of this repository and of what test/web has
// installed) under patterns that are made of them. What differs on purpose is named here, each with its reason.
// Requirement: PR-2
// Timeout: 300
import { createRequire } from 'node:module'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { tmpdir } from 'node:os'
import { spawnSync } from 'node:child_process'

const Codeowners = createRequire(import.meta.url)('codeowners')
const top = process.env.TOP ?? process.cwd()
const sluice = process.env.SLUICE ?? join(top, 'build/sluice')
const work = mkdtempSync(join(tmpdir(), 'owners-'))
let failed = 0
const test = (name, body) => {
  try {
    const said = body()
    console.log(`ok ${name}${said ? ` (${said})` : ''}`)
  } catch (e) {
    failed++
    console.log(`not ok ${name}\n  ${e.message}`)
  }
}
const check = (condition, sentence) => { if (!condition) throw new Error(sentence) }
const run = (program, args, options) => {
  const r = spawnSync(program, args, { maxBuffer: 1 << 28, encoding: 'utf8', ...options })
  check(!r.error && r.status === 0, `${program} ${args.slice(0, 5).join(' ')}: ${r.error?.message ?? r.stderr}`)
  return r.stdout
}

// The same numbers in every run: what fails can be looked at again.
let seed = 20261121
const random = (n) => {
  seed = (Math.imul(seed, 1103515245) + 12345) >>> 0
  return Math.floor((seed / 4294967296) * n)
}
const one = (list) => list[random(list.length)]
const many = (n, make) => Array.from({ length: n }, make)

// Both readings of one file: for each path the owners by us and by the peer.
let repositories = 0
const readBoth = (files, paths) => {
  const dir = join(work, `r${repositories++}`)
  run('git', ['init', '-q', '-b', 'main', dir])
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  const ours = []
  for (let i = 0; i < paths.length; i += 500) ours.push(...JSON.parse(run(sluice, ['owners', '--format', 'json', '--', ...paths.slice(i, i + 500)], { cwd: dir })))
  check(ours.length === paths.length, `${ours.length} answers for ${paths.length} paths`)
  const peer = new Codeowners(dir)
  return paths.map((path, i) => ({ path, ours: ours[i].owners.join(' '), theirs: peer.getOwner(path).join(' '), line: ours[i].line, peer }))
}

// What the peer reads otherwise, on purpose for us: a file, a path, whose we say it is, what the peer says, and why.
const differences = [
  ['*.C @ann', 'a.c', '', '@ann', 'case counts at GitHub and in Git; the peer takes a.c for A.C'],
  ['docs/* @ann', 'docs/a/b', '', '@ann', 'a last part that is * alone takes the files of that folder, as GitHub documents it; the peer follows gitignore, where it takes folders, too'],
  ['a?c @ann', 'abc', '@ann', '', '? is any one character, for GitHub and gitignore; the peer takes it for itself'],
  ['a?c @ann', 'a?c', '@ann', '@ann', ''],
  ['**/ @ann', 'a', '@ann', '', 'what ends in a slash takes what lies below, and of ** that is all'],
  ['*.js @ann #us', 'a.js', '@ann', '@ann #us', 'GitHub has comments behind the owners; the peer takes their words for owners'],
  ['  *.js @ann', 'a.js', '@ann', '', 'blanks before a pattern are none of it; the peer reads an empty pattern and the pattern as an owner'],
  ['sp\\ ace/ @ann', 'sp ace/x', '@ann', '', 'a backslash keeps the blank in the pattern; the peer ends the pattern there'],
  ['* @ann\n!a @bob', 'a', '@ann', '@ann', ''],
  ['* @ann\n[ab] @bob', 'a', '@ann', '@ann', ''],
  ['* @ann\na @bob!', 'a', '@ann', '@bob!', 'what is no owner makes the line count for nothing, as at GitHub, and is said'],
  ['a @ann\r* @bob', 'a', '', '@bob', 'a line ends with a line feed; alone, a carriage return is none of a pattern'],
]
test('each difference is there, and no other', () => {
  for (const [text, path, ours, theirs, why] of differences) {
    const [r] = readBoth({ CODEOWNERS: `${text}\n` }, [path])
    check(r.ours === ours && r.theirs === theirs, `${JSON.stringify(text)}: ${path} is ${r.ours || 'nobody'}'s, and the peer says ${r.theirs || 'nobody'} (${why})`)
  }
})
// The peer looks for .gitlab/CODEOWNERS, too, and before docs/ and the top; we for .sluice/CODEOWNERS before all others. Of GitHub's three the
// peer has docs/ before the top, GitHub and we the top before docs/.
test('which of several files counts', () => {
  const files = { CODEOWNERS: '* @top\n', 'docs/CODEOWNERS': '* @docs\n' }
  const [two] = readBoth(files, ['a'])
  check(two.ours === '@top' && two.theirs === '@docs', JSON.stringify(two))
  const [three] = readBoth({ ...files, '.github/CODEOWNERS': '* @github\n' }, ['a'])
  check(three.ours === '@github' && three.theirs === '@github', JSON.stringify(three))
  const [four] = readBoth({ ...files, '.github/CODEOWNERS': '* @github\n', '.sluice/CODEOWNERS': '* @own\n' }, ['a'])
  check(four.ours === '@own' && four.theirs === '@github', JSON.stringify(four))
})

const differs = (pattern) => /.\/\*$/.test(pattern) || pattern === '/*' || /^\/?\*\*\/$/.test(pattern)
const compare = (lines, paths, seen) => {
  const rules = lines.filter(([pattern]) => !differs(pattern))
  for (const { path, ours, theirs } of readBoth({ CODEOWNERS: rules.map(([pattern, owners]) => `${pattern} ${owners}\n`).join('') }, paths)) {
    seen.asked++
    seen.owned += ours ? 1 : 0
    check(ours === theirs, `${path} is ${ours || 'nobody'}'s, and the peer says ${theirs || 'nobody'}: ${JSON.stringify(rules)}`)
  }
}

const part = () => one(['a', 'b', 'ab', 'src', 'a*', '*b', '*.c', '*.min.*', 'x.y', 'a+b', '(a)', 'a{b}', '$a', 'a|b', '\u00e4', '@a', '~', '.x', '-a', '*', '**'])
const pattern = () => {
  const parts = many(1 + random(4), part).filter((p, i, all) => p !== '**' || all[i - 1] !== '**')
  return `${one(['', '', '/'])}${parts.join('/')}${one(['', '', '/'])}`
}
const name = () => one(['a', 'b', 'ab', 'src', 'aa', 'bb', 'x.c', 'x.min.c', 'x.y', 'a+b', '(a)', 'a{b}', '$a', 'a|b', '\u00e4', '@a', '~', '.x', '-a', 'zz'])
const owner = () => one(['@ann', '@acme/qa', 'd@example.org', '@bob @acme/ops', ''])

test('random files and paths', () => {
  const seen = { asked: 0, owned: 0 }
  const paths = [...new Set(many(400, () => many(1 + random(4), name).join('/')))]
  for (let i = 0; i < 80; i++) compare(many(1 + random(12), () => [pattern(), owner()]), paths, seen)
  check(seen.owned > 3000, `only ${seen.owned} have owners`)
  return JSON.stringify(seen)
})

// ---- real paths -----------------------------------------------------------------------------------------------------------

const below = (folder) => readdirSync(folder, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? below(join(folder, e.name)) : [join(folder, e.name)]))
const real = ['src', 'docs', 'test', 'tools', 'presets'].flatMap((folder) => below(join(top, folder))).map((file) => relative(top, file)).filter((file) => !/[A-Z]/.test(file) || random(4) === 0)
// One in twenty of what npm has brought, and all of our own.
const paths = real.filter((file) => !file.includes('node_modules/') || random(20) === 0)

// What people write, made of the paths that there are.
const written = () => {
  const parts = one(paths).split('/')
  const ending = parts.at(-1).match(/\.[^.]+$/)?.[0]
  const folder = parts.slice(0, 1 + random(parts.length - 1)).join('/')
  return one([`/${folder}/`, `${folder}/`, folder, `/${folder}`, `/${folder}/**`, parts.join('/'), `/${parts.join('/')}`, parts.at(-1), `**/${parts.at(-1)}`, `${parts.at(-2) ?? 'src'}/`, `**/${parts.at(-2) ?? 'src'}/`,
    ...(ending ? [`*${ending}`, `/${folder}/**/*${ending}`, `/${folder}/*${ending}`] : []), '*', parts.map((p, i) => (i && random(3) === 0 ? '*' : p)).join('/')])
}
test('real paths under patterns made of them', () => {
  const seen = { asked: 0, owned: 0 }
  const plain = paths.filter((file) => file === file.toLowerCase() && !/[\[\]#!?*\\\s]/.test(file))
  const lines = () => [written(), owner()]
  for (let i = 0; i < 25; i++) compare(many(2 + random(30), lines).filter(([p]) => p === p.toLowerCase() && !/[\[\]#!?\\\s]/.test(p)), plain, seen)
  check(seen.owned > 5000, `only ${seen.owned} have owners`)
  return JSON.stringify(seen)
})

rmSync(work, { recursive: true, force: true })
process.exit(failed ? 1 : 0)
