import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const src = fileURLToPath(new URL('../../src/', import.meta.url))

/** Files that throw an error of the language, and why a caller does not see it, or expects it. */
const OWN_REASONS: Readonly<Record<string, string>> = {
  'api/flowcontrol/shuffle-sharding.ts': 'the apiserver validates the sizes of hands and decks before',
  'api/protobuf/protobuf.ts': 'an encoder asks for kinds that have a form',
  'api/selectors/labels.ts': 'upstream’s text, which the apiserver returns as a Status',
  'cluster/streams/fetch.ts': 'fetch itself rejects with a TypeError',
  'kubectl/print/go-template/parse.ts': 'kubectl turns it into its own error, as one of the stack',
  'testing/objects/broken.ts': 'a bug of the generator, not of its caller',
}

test('what a caller did wrong is an InputError; no file throws an error of the language instead', () => {
  const throwing = readdirSync(src, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .filter((file) => /new (?:Range|Type)Error\(/.test(readFileSync(src + file, 'utf8')))
  expect(throwing.toSorted()).toEqual(Object.keys(OWN_REASONS))
})
