import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { parse } from 'yaml'
import { printJson } from '../../src/kubectl/print/json.js'
import { TABLE, TabWriter } from '../../src/lang/text/tabwriter.js'
import { printYaml } from '../../src/lang/yaml/print.js'

const read = (name: string): readonly string[] =>
  JSON.parse(
    readFileSync(new URL(`../fixtures/kubectl/${name}.json`, import.meta.url), 'utf8'),
  ) as readonly string[]

/** Without placeholders, which stand where quotes would be decided otherwise. */
const filled = (text: string): string =>
  text
    .replaceAll(/<uid:\d+>/g, '00000000-0000-0000-0000-000000000000')
    .replaceAll('<time>', '2026-01-01T00:00:00Z')
    .replaceAll('<rv>', '7')
    .replaceAll(/<(?!none)[a-z0-9:]+>/g, 'x')

describe('printYaml', () => {
  it.each(read('yaml').map((text) => [text.slice(0, 60).replaceAll('\n', ' '), filled(text)]))(
    'prints again what kubectl printed: %s',
    (_, text) => {
      expect(printYaml(parse(text, { schema: 'core' }))).toBe(text)
    },
  )

  it.each([
    ['a: "1"', { a: '1' }],
    ['a: "true"', { a: 'true' }],
    ['a: "null"', { a: 'null' }],
    ['a: ""', { a: '' }],
    ['a: "yes"', { a: 'yes' }],
    ["a: '* b'", { a: '* b' }],
    ["a: 'x: y'", { a: 'x: y' }],
    ["a: 'x #y'", { a: 'x #y' }],
    ['a: x#y', { a: 'x#y' }],
    ["a: '- x'", { a: '- x' }],
    ['a: -x', { a: '-x' }],
    ['a: "1e3"', { a: '1e3' }],
    ['a: "0x1f"', { a: '0x1f' }],
    ['a: 1.2.3', { a: '1.2.3' }],
    ['a: 10Gi', { a: '10Gi' }],
    ["a: '@x'", { a: '@x' }],
    ["a: '{x}'", { a: '{x}' }],
    ["a: it's", { a: "it's" }],
    ["a: '''x'", { a: "'x" }],
    ['a: "x\\ty"', { a: 'x\ty' }],
    ['a: "2026-01-01T00:00:00Z"', { a: '2026-01-01T00:00:00Z' }],
    ['a: []', { a: [] }],
    ['a: {}', { a: {} }],
    ['a: null', { a: null }],
    ['a: |-\n  x\n  y', { a: 'x\ny' }],
    ['a: |\n  x\n\n  y', { a: 'x\n\ny\n' }],
    ['a:\n- - 1\n  - 2\n- b: 1\n  c: 2', { a: [[1, 2], { b: 1, c: 2 }] }],
    ['a2: 1\na10: 2', { a10: 2, a2: 1 }],
    ['"on": 1', { on: 1 }],
  ])('%s', (text, value) => {
    expect(printYaml(value)).toBe(`${text}\n`)
  })

  it('folds at the first blank beyond column 80, as go-yaml does', () => {
    const message =
      '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}. preemption: 0/1 nodes are ' +
      'available: 1 Preemption is not helpful.'
    expect(printYaml({ conditions: [{ message, other: message.replaceAll(': ', ' ') }] })).toBe(
      [
        'conditions:',
        "- message: '0/1 nodes are available: 1 node(s) had untolerated taint {k: v}. preemption:",
        "    0/1 nodes are available: 1 Preemption is not helpful.'",
        '  other: 0/1 nodes are available 1 node(s) had untolerated taint {k v}. preemption',
        '    0/1 nodes are available 1 Preemption is not helpful.',
        '',
      ].join('\n'),
    )
  })

  it('is read back as it was', () => {
    const value = fc.letrec<{ node: unknown }>((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.string({ unit: 'binary' }).filter((text) => !/[\ud800-\udfff]/.test(text)),
        fc.string(),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.stringMatching(/^[-?:,[\]{}#&*!|>'"%@` \na0.]{0,8}$/),
        fc.stringMatching(/^[a:'\\ ü-]{90,260}$/),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.stringMatching(/^[a-z0-9./: -]{1,8}$/), tie('node'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).node
    fc.assert(
      fc.property(value, (one) => {
        expect(parse(printYaml({ value: one }), { schema: 'core' })).toEqual({ value: one })
      }),
      { seed: 7, numRuns: 2000 },
    )
  })
})

describe('printJson', () => {
  it.each(read('json').map((text) => [text.slice(0, 60).replaceAll('\n', ' '), filled(text)]))(
    'prints again what kubectl printed: %s',
    (_, text) => {
      expect(printJson(JSON.parse(text))).toBe(text)
    },
  )
})

describe('TabWriter', () => {
  it('sets cells of at least six, three apart, and leaves the last one', () => {
    expect(new TabWriter(TABLE).format('NAME\tAGE\tX\na\t0s\tlong\n')).toBe(
      'NAME   AGE   X\na      0s    long\n',
    )
  })

  it('ends a column where a line lacks it', () => {
    expect(new TabWriter({ minWidth: 0, padding: 2 }).format('a\tb\nlong line\ncc\td\n')).toBe(
      'a  b\nlong line\ncc  d\n',
    )
  })

  it('remembers widths', () => {
    const writer = new TabWriter(TABLE)
    expect(writer.format('NAME\tX\n')).toBe('NAME   X\n')
    expect(writer.format('longer-name\tY\n')).toBe('longer-name   Y\n')
    expect(writer.format('a\tZ\n')).toBe('a             Z\n')
  })
})
