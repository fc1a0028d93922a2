import { InputError } from '../../../src/lang/input-error.js'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { parseManifests } from '../../../src/api/manifests.js'
import { parseYamlText, YamlError } from '../../../src/lang/yaml/read.js'

const DEEP = '['.repeat(100_000)
const doubled = Array.from({ length: 30 }, (_, at) => `a${at + 1}: &a${at + 1} [*a${at}, *a${at}]`)
const DOUBLING = `a0: &a0 x\n${doubled.join('\n')}`

describe('parseYamlText', () => {
  it('leads aliases to the last anchor of their name', () => {
    expect(parseYamlText('[&a 1, *a, &a [2, &a 3, *a], *a]')).toEqual([1, 1, [2, 3, 3], 3])
    expect(parseYamlText('a: &a { b: 1 }\nc: { <<: *a, d: *a }')).toEqual({
      a: { b: 1 },
      c: { b: 1, d: { b: 1 } },
    })
  })

  it('returns the only document, or null', () => {
    expect(parseYamlText('a: [1, b]')).toEqual({ a: [1, 'b'] })
    expect(parseYamlText('')).toBeNull()
    expect(parseYamlText('# nothing\n')).toBeNull()
  })

  it.each([
    ['a: [', 'yaml: line 1: did not find expected node content'],
    ['a: b\n---\nc: d', 'yaml: the text has several documents, and may have one'],
    ['a: *b', "unknown anchor 'b' referenced"],
    ['a: &a [*a]', "anchor 'a' value contains itself"],
    ['a: &a [b]\nc: &c { d: [*a, *c] }', "anchor 'c' value contains itself"],
    ['a: {{ b }}', 'yaml: invalid map key: map[interface {}]interface {}{"b":interface {}(nil)}'],
    ['? \n: b', 'unsupported map key of type: %!s(<nil>), key: <nil>, value: "b"'],
    ['a: .nan', 'json: unsupported value: NaN'],
    [DEEP, 'yaml: exceeded max depth of 10000'],
    [DOUBLING, 'document contains excessive aliasing'],
  ])('refuses %.20s', (text, message) => {
    expect(() => parseYamlText(text)).toThrow(YamlError)
    expect(() => parseYamlText(text)).toThrow(message)
  })
})

describe('parseManifests', () => {
  it('says where a text is no YAML', () => {
    expect(() => parseManifests('a: b\nc: [\n')).toThrow(/^the manifest is not YAML: .* at line 3, column 1$/)
  })

  it('refuses what is nested deeply, and aliases that expand too much', () => {
    expect(() => parseManifests(DEEP)).toThrow(
      new InputError('the manifest is not YAML: exceeded max depth of 10000'),
    )
    expect(() => parseManifests(DOUBLING)).toThrow('document contains excessive aliasing')
  })
})

test('every text is read by src/lang/yaml/read.ts, in linear time', () => {
  const src = fileURLToPath(new URL('../../../src/', import.meta.url))
  const others = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => / from '(?:yaml|js-yaml)'/.test(readFileSync(join(src, file), 'utf8')))
  expect(others).toEqual([])
})
