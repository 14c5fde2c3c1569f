// `sluice schema` is JSON Schema draft 7: ajv and another YAML reader than ours agree with `sluice strategy check` on every strategy
// file there is, and a key that nobody knows is refused wherever it is put. Requirement: BR-2
import { readFileSync, readdirSync, existsSync } from 'node:fs'
import { join } from 'node:path'
import { execFileSync, spawnSync } from 'node:child_process'
import Ajv from 'ajv'
import { parse } from 'yaml'
import { check, end, test } from './tell.mjs'

const top = process.env.TOP ?? process.cwd()
const sluice = process.env.SLUICE ?? join(top, 'build/sluice')

const schema = JSON.parse(execFileSync(sluice, ['schema'], { encoding: 'utf8', maxBuffer: 1 << 24 }))
const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true, strictTypes: false })
let validate
test('the schema is draft 7, and ajv compiles it strictly', () => {
  check(schema.$schema === 'http://json-schema.org/draft-07/schema#', 'it names another draft')
  check(ajv.validateSchema(schema), ajv.errorsText())
  validate = ajv.compile(schema)
})
test('every property has a description', () => {
  const walk = (node, path) => {
    for (const [key, p] of Object.entries(node?.properties ?? {})) check(p.description?.length > 3, `${path}.${key} has none`)
    if (node && typeof node === 'object') for (const [k, v] of Object.entries(node)) walk(v, `${path}/${k}`)
  }
  walk(schema, '')
})

const read = (file) => parse(readFileSync(file, 'utf8'), { version: '1.2', schema: 'core' })
const accepts = (data) => validate(data)
const ours = (file) => spawnSync(sluice, ['strategy', 'check', file]).status
const yamls = (dir) => existsSync(dir) ? readdirSync(dir).filter((f) => f.endsWith('.yml')).map((f) => join(dir, f)) : []

// The drafts lie beside the repository where it is developed, and nowhere else.
const good = [...yamls(join(top, 'presets')), join(top, 'test/strategy/all.yml'), ...yamls(join(top, '../shared/design/examples')), ...yamls(join(top, 'examples')), ...yamls(join(top, 'test/strategy/as-written'))]
for (const file of good) {
  test(`accepted by both: ${file.replace(top + '/', '')}`, () => {
    check(ours(file) === 0, 'sluice strategy check refuses it')
    check(accepts(read(file)), ajv.errorsText(validate.errors))
  })
  test(`what it amounts to is accepted: ${file.replace(top + '/', '')}`, () => {
    const shown = JSON.parse(execFileSync(sluice, ['strategy', 'show', '--format', 'json', file], { encoding: 'utf8', maxBuffer: 1 << 24 }))
    check(accepts(shown.strategy), ajv.errorsText(validate.errors))
  })
}

// Maps whose keys are names of somebody's choice; an unknown key there is an entry.
const named = /^\/(roles|branches|tags|checks|sources|metrics|gates|environments|drivers|artifacts|phases|alerts|backups|maintenance)$|\/(approvals|runs|inputs|artifact|variables|flags|stores|into|follow-up|receivers|timetables|confirm|roadmap|review-checklist)$/
test('a key that nobody knows is refused wherever it is put', () => {
  const data = read(join(top, 'test/strategy/all.yml'))
  let places = 0
  const walk = (node, path) => {
    if (!node || typeof node !== 'object') return
    if (!Array.isArray(node) && (!named.test(path) || /\/on\/change$/.test(path))) {
      node.zzz = true
      const refused = !accepts(data)
      delete node.zzz
      check(refused, `zzz at ${path || '/'} is accepted`)
      places++
    }
    for (const [k, v] of Object.entries(node)) walk(v, `${path}/${k}`)
  }
  walk(data, '')
  check(places > 80, `only ${places} places were tried`)
})
for (const [name, text] of Object.entries({
  'a misspelt key': 'strategy: 1\nbranches: {main: {typ: production}}',
  'a misspelt word': 'strategy: 1\nbranches: {main: {type: produktion}}',
  'a number for a duration': 'strategy: 1\nbranches: {main: {type: production, stale: 30}}',
  'no version': 'branches: {main: {type: production}}',
  'a list of levels for one': 'strategy: 1\nroles: {qa: [triage]}',
  'a negative count': 'strategy: 1\nbranches: {main: {type: production, require: {approvals: -1}}}',
})) test(`refused: ${name}`, () => check(!accepts(parse(text)), 'it is accepted'))
test('null removes, so that the schema lets it stand', () => check(accepts(parse('strategy: 1\nextends: gitflow\nbranches: {support: null, main: {require: {approvals: null}}}')), ajv.errorsText(validate.errors)))

end()
