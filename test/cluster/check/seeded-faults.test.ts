import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkManifests } from '../../../src/cluster/check/check-manifests.js'

/**
 * Each file of `faults` has one fault; its first comments name it, the rule that must find it, and what it
 * must say (a text, or a pattern between slashes). `# HERE` marks the line that must be told.
 */
const folder = new URL('faults/', import.meta.url)
const cases = readdirSync(folder)
  .sort()
  .map((file) => {
    const text = readFileSync(new URL(file, folder), 'utf8')
    const head = (name: string): string => new RegExp(`^# ${name}: (.*)$`, 'm').exec(text)?.[1] ?? ''
    return {
      file,
      text,
      fault: head('fault'),
      rule: head('rule'),
      says: head('says'),
      versions: head('versions'),
    }
  })

test('there are at least forty faults', () => {
  expect(cases.length).toBeGreaterThanOrEqual(40)
})

test.for(cases)('the check finds $fault', ({ file, text, rule, says, versions }) => {
  const line = text.split('\n').findIndex((each) => each.includes('# HERE')) + 1
  const options = versions === '' ? {} : { versions: versions.split(',') }
  const { findings } = checkManifests([{ path: file, text }], options)
  const found = findings.filter((each) => each.rule === rule)
  const shown = findings.map((each) => `${each.line} ${each.rule} ${each.message}`).join('\n')
  const pattern = /^\/(.*)\/$/.exec(says)?.[1]
  const isTold = ({ message, why = '' }: (typeof found)[number]): boolean =>
    pattern === undefined ? message.includes(says) : new RegExp(pattern).test(`${message}\n${why}`)
  expect(found.filter(isTold), shown).not.toEqual([])
  expect(
    found.map((each) => each.line),
    shown,
  ).toContain(line)
})
