import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { commands } from '../../src/kubectl/commands/lookup.js'
import type { KubectlCommand } from '../../src/kubectl/call/call.js'
import { flagsOf } from '../../src/kubectl/args/flag-table.js'

/** By command: name, letter and default of each flag, as the help pages of kubectl 1.35.2 list them. */
const listed = JSON.parse(
  readFileSync(new URL('../fixtures/kubectl/flags.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, readonly (readonly [name: string, short: string, value: string])[]>>

/** Commands that are not simulated. */
const ABSENT = /^(alpha|completion|kustomize)/
/** Defaults that depend on the machine or have no text of their own. */
const OWN: ReadonlySet<string> = new Set(['cache-dir', 'aggregation-rule', 'vmodule'])

test.each(Object.entries(listed).filter(([command]) => !ABSENT.test(command)))(
  'flags of kubectl %s',
  (command, flags) => {
    const ours = flagsOf(command)
      .filter(({ deprecated }) => deprecated === undefined)
      .map(({ name, short = '', type, value = '' }) => {
        const text =
          type === 'strings' || type === 'array' ? `[${value}]` : type === 'string' ? `'${value}'` : value
        return [name, short, OWN.has(name) ? '' : text]
      })
    const theirs = flags.map(([name, short, value]) => [
      name,
      short,
      OWN.has(name) ? '' : value.replaceAll('\\\\', '\\'),
    ])
    const byName = (a: readonly string[], b: readonly string[]): number =>
      String(a[0]) < String(b[0]) ? -1 : 1
    expect(ours.toSorted(byName)).toEqual(theirs.toSorted(byName))
  },
)

/** Commands without flags of their own. */
const PLAIN: ReadonlySet<string> = new Set(['cluster-info', 'plugin list'])

test('every command has its flags in the table', () => {
  const check = ({ name, commands: below = [], run }: KubectlCommand, above: string): void => {
    const path = above + name
    if (run !== undefined && !PLAIN.has(path)) expect(listed, path).toHaveProperty([path])
    for (const one of below) check(one, `${path} `)
  }
  for (const command of commands) check(command, '')
})
