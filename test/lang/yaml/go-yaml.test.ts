import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { firstYamlDocument, YamlError } from '../../../src/lang/yaml/read.js'

/** What sigs.k8s.io/yaml made of a text; `strict` is its error when keys may not be repeated. */
interface Recorded {
  readonly text: string
  readonly value?: unknown
  readonly error?: string
  readonly strict?: string
}

const recorded = JSON.parse(
  readFileSync(new URL('../../fixtures/yaml/go-yaml.json', import.meta.url), 'utf8'),
) as readonly Recorded[]

function read(text: string): Omit<Recorded, 'text'> {
  try {
    const { value, repeatedKeys } = firstYamlDocument(text)
    const strict = `yaml: unmarshal errors:\n  ${repeatedKeys.join('\n  ')}`
    return JSON.parse(
      JSON.stringify({ value, ...(repeatedKeys.length === 0 ? {} : { strict }) }, exact),
    ) as object
  } catch (error) {
    if (error instanceof YamlError) return { error: error.message }
    throw error
  }
}

const exact = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? Number(value) : value)

/** Go's texts for keys of other types than texts, of which the reader keeps only the text. */
const isOfTypedKey = ({ error = '' }: Recorded): boolean =>
  /invalid map key: map\[interface \{\}\]interface \{\}\{(?!")/.test(error)

// record.go, beside the fixture, made it: texts in, base64 in a line each, and their results out
test('a random text has the value or the error that it has in Go', () => {
  const known = recorded.filter((one) => !isOfTypedKey(one))
  expect(known.map(({ text }) => ({ text, ...read(text) }))).toEqual(known)
  expect(known.length).toBeGreaterThan(1_500)
})
