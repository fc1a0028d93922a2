import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exampleAt } from '../../../src/api/checked-input.js'
import { optionSchema } from '../../../src/cluster/compose/option-schema.js'
import { documentedOptions, optionsPage } from '../../../scripts/options-page.js'

const options = documentedOptions()

test('every option has a docstring with its default and an example', () => {
  expect(options.length).toBeGreaterThan(40)
  const bare = options.filter(
    ({ path, text, fallback, example }) =>
      // the rest of kubeadm's options are documented in its configuration
      text === '' ||
      fallback === undefined ||
      example === undefined ||
      !example.includes(path.split('.')[0] ?? ''),
  )
  expect(bare.map(({ path }) => path)).toEqual([])
})

test('the example that an error shows is that of the docstring', () => {
  const schema = optionSchema()
  for (const { path, example } of options)
    expect([path, exampleAt(schema, path.split('.'))]).toEqual([path, example])
})

test('docs/options.md is written from the docstrings', () => {
  expect(readFileSync('docs/options.md', 'utf8')).toBe(optionsPage())
})
