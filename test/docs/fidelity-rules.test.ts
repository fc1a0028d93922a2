import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { fidelityRules, upstreamFunctions, sourceText } from '../../scripts/fidelity-rules.js'

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('the page of rules', () => {
  test('is as scripts/fidelity-rules.ts writes it', () => {
    const page = readFileSync(`${root}docs/fidelity-rules.md`, 'utf8')
    expect(page === `${fidelityRules().trimEnd()}\n`, 'run npx tsx scripts/fidelity-rules.ts').toBe(true)
  })

  test('knows of each function of upstream where its rule is, or why it is nowhere', () => {
    const text = sourceText()
    const lost = Object.values(upstreamFunctions())
      .flatMap((functions) => Object.entries(functions))
      .filter(([name, where]) => {
        if (where === '') return !text.includes(name)
        if (where.startsWith('none: ')) return false
        const [file = '', ours = ''] = where.split(' ')
        const path = `${root}src/api/${file}`
        return (
          !existsSync(path) || !new RegExp(`(function|const) ${ours}\\b`).test(readFileSync(path, 'utf8'))
        )
      })
    expect(lost).toEqual([])
  })
})
