import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decoders } from './decoders.js'

/** Inputs by decoder: what its rules need, and what was found. `npm run fuzz` mutates them with coverage. */
const CORPUS = fileURLToPath(new URL('corpus/', import.meta.url))

const inputsOf = (name: string): readonly Buffer[] =>
  readdirSync(`${CORPUS}${name}`)
    .sort()
    .map((file) => readFileSync(`${CORPUS}${name}/${file}`))

test('there is a corpus for each decoder', () => {
  expect(readdirSync(CORPUS).sort()).toEqual(Object.keys(decoders).sort())
})

test.each(Object.entries(decoders))('%s takes any bytes', async (name, decoder) => {
  const inputs = inputsOf(name)
  for (const input of inputs) await decoder(input)
  const change = fc.tuple(fc.nat(), fc.nat(255), fc.nat(2))
  const mutated = fc.tuple(fc.constantFrom(...inputs), fc.array(change, { minLength: 1, maxLength: 4 }))
  await fc.assert(
    fc.asyncProperty(mutated, async ([input, changes]) => {
      let bytes = Buffer.from(input)
      for (const [where, byte, how] of changes) {
        const at = where % (bytes.length + 1)
        const put = how === 0 ? [] : [byte]
        bytes = Buffer.concat([
          bytes.subarray(0, at),
          Buffer.from(put),
          bytes.subarray(how === 1 ? at : at + 1),
        ])
      }
      await decoder(bytes)
    }),
    { numRuns: 100 },
  )
})
