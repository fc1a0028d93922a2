import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'

const repository = fileURLToPath(new URL('../..', import.meta.url))
const tree = mkdtempSync(join(tmpdir(), 'simcluster-lint-'))
afterEach(() => rmSync(tree, { recursive: true, force: true }))

function runLint(): { status: number | null; stdout: string; stderr: string } {
  const command = ['--import', 'tsx', 'scripts/lint-layers.ts', tree]
  return spawnSync(process.execPath, command, { cwd: repository, encoding: 'utf8' })
}

test('npm run lint:layers ends with 0 for a clean tree, with 1 and file:line for a violation', () => {
  mkdirSync(join(tree, 'sim'))
  writeFileSync(join(tree, 'sim', 'clock.ts'), 'export const now = (): number => 0\n')
  expect(runLint()).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('layers: 1 files, 0 violations\n'),
  })

  writeFileSync(join(tree, 'sim', 'clock.ts'), '\n\nexport const now = (): number => Date.now()\n')
  const broken = runLint()
  expect(broken.status).toBe(1)
  expect(broken.stderr).toMatch(/sim\/clock\.ts:3: the core must not use Date\.now/)
})
