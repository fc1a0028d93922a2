import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, onTestFinished, test } from 'vitest'
import { bundleInto } from '../../scripts/bundle-into.js'
import { needs } from '../e2e/harness.js'
import { parseYamlText } from '../../src/lang/yaml/read.js'

const inRoot = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))

let program: string

beforeAll(async () => {
  const placeOf = await bundleInto('action', ['src/cli/main'])
  program = `${process.execPath} ${fileURLToPath(placeOf('src/cli/main'))}`
})

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>
  readonly runs: { readonly steps: readonly [{ readonly run: string; readonly env: Record<string, string> }] }
}

const action = parseYamlText(readFileSync(inRoot('action.yml'), 'utf8')) as Action

/** Runs the step of the action as GitHub does: inputs that are not given have their defaults. */
function runStep(given: Readonly<Record<string, string>>): {
  readonly status: number | null
  readonly stdout: string
  readonly file: (name: string) => string
} {
  const folder = mkdtempSync(join(tmpdir(), 'simcluster-action-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [{ run, env }] = action.runs.steps
  const inputs = Object.fromEntries(
    Object.entries(env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ inputs\.([\w-]+) \}\}/, (_, input: string) => {
        const known = action.inputs[input]
        if (known === undefined) throw new Error(`action.yml has no input ${input}`)
        return given[input] ?? known.default
      }),
    ]),
  )
  const { status, stdout, stderr } = spawnSync('bash', ['-c', run], {
    encoding: 'utf8',
    cwd: folder,
    env: {
      ...process.env,
      ...inputs,
      SIMCLUSTER: program,
      GITHUB_ACTION_PATH: inRoot('.'),
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
    },
  })
  expect(stderr).toBe('')
  return { status, stdout, file: (name) => readFileSync(join(folder, name), 'utf8') }
}

test('the action annotates lines, lists findings in the summary, writes JUnit, and fails', (context) => {
  needs(context, 'bash')
  const { status, stdout, file } = runStep({
    path: inRoot('examples/check/shop'),
    version: 'v1.34',
    junit: 'report.xml',
  })
  expect(status).toBe(1)
  expect(stdout).toMatch(/^::error file=.*web\.yaml,line=\d+.*imagePullPolicy/m)
  expect(file('summary.md')).toMatch(/^## Manifests on Kubernetes v1\.34\n\n```mermaid\nflowchart LR\n/)
  expect(file('summary.md')).toContain('6 errors, 1 note in 8 objects of 2 files')
  expect(file('report.xml')).toContain('<testsuite')
})

test('the action ends as it is told: what has warnings only passes by default', (context) => {
  needs(context, 'bash')
  const { status, stdout } = runStep({ path: inRoot('examples/what-if/shop.yaml') })
  expect([status, stdout.includes('::error')]).toEqual([0, false])
})

test('the hook of pre-commit runs a command that exists', () => {
  const [hook] = parseYamlText(readFileSync(inRoot('.pre-commit-hooks.yaml'), 'utf8')) as [
    { readonly entry: string },
  ]
  expect(hook.entry).toBe('npx --yes simcluster check')
})
