import { execFile, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, expect, inject, test } from 'vitest'
import { splitWords } from '../../src/kubectl/call/words.js'

/** What newcomers type after reading a page, with the packed tarball, in a folder that has nothing else. */
const repository = fileURLToPath(new URL('../..', import.meta.url))
const program = join(inject('consumer'), 'node_modules/.bin/simcluster')
const folder = mkdtempSync(join(tmpdir(), 'simcluster-pages-'))
afterAll(() => rmSync(folder, { recursive: true }))
const page = (name: string): string => readFileSync(join(repository, 'docs', name), 'utf8')

interface Ended {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program in the folder, with simcluster on its path. */
async function run(command: string, words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  const path = `${join(inject('consumer'), 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  const options = { cwd: folder, env: { ...process.env, PATH: path, SIMCLUSTER: program, ...env } }
  try {
    return { code: 0, ...(await promisify(execFile)(command, words, options)) }
  } catch (error) {
    return error as Ended
  }
}

const OUTPUT = /<!-- output: (.*) -->\n\n```text\n([^]*?)\n```/g
const outputs = ['check.md', 'what-if.md', 'upgrade.md'].flatMap((name) =>
  [...page(name).matchAll(OUTPUT)].map(([, words = '', output = '']) => ({ name, words, output })),
)

test.for(outputs)('docs/$name: simcluster $words', async ({ words, output }) => {
  cpSync(join(repository, 'examples'), join(folder, 'examples'), { recursive: true })
  const { stdout } = await run(program, splitWords(words))
  expect(stdout.trimEnd()).toBe(output)
})

/** Writes manifests that a cluster takes as they are: the example has no namespace of its own. */
function writeDeploy(): void {
  cpSync(join(repository, 'examples/what-if'), join(folder, 'deploy'), { recursive: true })
  const namespace = '{apiVersion: v1, kind: Namespace, metadata: {name: shop}}\n'
  writeFileSync(join(folder, 'deploy/0-namespace.yaml'), namespace)
}

test('docs/cli.md: a detached cluster is crashed, advanced and stopped', async () => {
  writeDeploy()
  const text = page('cli.md')
  const [, script = ''] = /```sh\n(npx simcluster serve --detach[^]*?)```/.exec(text) ?? []
  expect(script).toContain('simcluster stop')
  // kubectl is another program's
  const own = script.replaceAll('npx simcluster', 'simcluster').replace(/^kubectl .*$/gm, '')
  const { code, stdout, stderr } = await run('sh', ['-ec', own])
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  expect(stdout).toMatch(/stopped\n$/)
  const ran = await run(program, [
    'run',
    '--manifests',
    './deploy',
    '--',
    'sh',
    '-c',
    'test -s "$KUBECONFIG"',
  ])
  expect(ran.code).toBe(0)
})

test('docs/what-if.md: a detached cluster is imported, and disturbed', async () => {
  const script = `
    simcluster serve --detach --time virtual --manifests ./deploy --kubeconfig ./real > log
    KUBECONFIG=./real simcluster import -o cluster.snapshot
    simcluster stop --kubeconfig ./real
    simcluster whatif cluster.snapshot --each-node || true`
  writeDeploy()
  const { stdout } = await run('sh', ['-ec', script])
  expect(stdout).toContain('cluster.snapshot: v1.35, 3 nodes, ')
  expect(stdout).toContain('1 of 3 scenarios does harm')
})

test('docs/from-python.md: the fixture for pytest', async (context) => {
  const python = process.env['PYTHON3'] ?? '/usr/bin/python3'
  const isThere = spawnSync(python, ['-c', 'import kubernetes, pytest']).status === 0
  if (!isThere && process.env['CI'] === undefined) context.skip('python3-kubernetes or pytest is missing')
  cpSync(join(repository, 'examples/python'), join(folder, 'python'), { recursive: true })
  const { stdout } = await run(python, ['-m', 'pytest', '-q', '-p', 'no:cacheprovider', 'python'])
  expect(stdout).toMatch(/\b2 passed\b/)
})

test('docs/from-go.md: TestMain starts the cluster', async (context) => {
  const built = join(repository, '.cache/client-go/example.test')
  if (!existsSync(built) && process.env['CI'] === undefined)
    context.skip('test/e2e/client-go/build.sh builds it')
  const { stdout } = await run(built, ['-test.v'])
  expect(stdout).toContain('--- PASS: TestPodsOfADeadNodeAreReplaced')
})

test('docs/in-github-actions.md: the step annotates what is wrong, and fails', async () => {
  cpSync(join(repository, 'examples/check/shop'), join(folder, 'shop'), { recursive: true })
  const { code, stdout } = await run(join(repository, 'scripts/check-action.sh'), [], {
    CHECK_PATH: 'shop',
    CHECK_VERSION: 'v1.34,v1.35',
    CHECK_FAIL_ON: 'error',
    CHECK_JUNIT: 'manifests.xml',
    GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
  })
  expect(code).toBe(1)
  expect(stdout).toContain('::error file=shop/web.yaml,line=32,title=missing-key::')
  expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toMatch(/```mermaid[\s\S]*6 errors, 1 note/)
  expect(readFileSync(join(folder, 'manifests.xml'), 'utf8')).toContain('failures="6"')
})
