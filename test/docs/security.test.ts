import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { REQUEST_LIMITS } from '../../src/apiserver/request-budget.js'
import { EXECUTION } from '../../src/kubectl/print/go-template/go-template.js'
import { OUTPUT } from '../../src/kubectl/print/jsonpath.js'
import { EXPANSION } from '../../src/kubelet/runtime/arg-max.js'
import { PATH_MAX } from '../../src/kubelet/runtime/expansion.js'
import { SPLITTING } from '../../src/rbac/covers.js'
import { COMPARISON } from '../../src/rbac/held-index.js'
import { STEP_LIMITS } from '../../src/shell/interpreter/interpreter.js'

const page = readFileSync(new URL('../../docs/security.md', import.meta.url), 'utf8')
const shown = (value: number | undefined): string => value?.toLocaleString('en-US') ?? ''

test('the table of budgets is that of the code', () => {
  const [, text = ''] = page.split('<!-- budgets -->')
  const rows = text
    .trimStart()
    .split('\n\n')[0]
    ?.split('\n')
    .slice(2)
    .map((line) => line.split('|').map((cell) => cell.trim()))
  const all = [REQUEST_LIMITS, COMPARISON, SPLITTING, EXPANSION, PATH_MAX, STEP_LIMITS, EXECUTION, OUTPUT]
  expect(rows?.map(([, work, steps, bytes]) => [work, steps, bytes])).toEqual(
    all.map(({ work, steps, bytes }) => [work, shown(steps), shown(bytes)]),
  )
  // what is used up must have an error that somebody sees
  expect(rows?.every((cells) => (cells[4] ?? '') !== '')).toBe(true)
})
