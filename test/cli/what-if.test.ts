import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../src/cli/run.js'
import { SimCluster } from '../../src/cluster/sim-cluster.js'
import { needs } from '../e2e/harness.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-what-if-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function typed(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  const code = await run(argv, {
    out: (text) => void (texts.out += text),
    err: (text) => void (texts.err += text),
  })
  return { code, ...texts }
}

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const pod = (cpu: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: web }
spec: { containers: [{ name: web, image: nginx, resources: { requests: { cpu: "${cpu}" } } }] }
`

describe('simcluster explain', () => {
  test('scores the nodes for a pod, and chooses one', async () => {
    const { code, out } = await typed('explain', file('small.yaml', pod('1')), '--nodes', '2')
    expect(code).toBe(0)
    expect(out).toMatch(/^default\/web on node-\d\n {2}node-1 {2}\d+: .*TaintToleration \d+/)
  })

  test('names what rejects a pod that fits nowhere', async () => {
    const { code, out } = await typed('explain', file('large.yaml', pod('64')), '--nodes', '2')
    expect(code).toBe(1)
    expect(out).toContain('default/web no node: 0/2 nodes are available: 2 Insufficient cpu')
    expect(out).toContain('  node-1  no: NodeResourcesFit: Insufficient cpu')
  })

  test('takes a workload for one of its pods', async () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, resources: { requests: { cpu: "64" } } }] }
`
    const { code, out } = await typed('explain', file('workload.yaml', text), '--nodes', '1')
    expect(code).toBe(1)
    expect(out).toContain('default/web no node: 0/1 nodes are available: 1 Insufficient cpu')
  })

  test('prints JSON', async () => {
    const { out } = await typed('explain', file('small.yaml', pod('1')), '--nodes', '1', '--json')
    expect(JSON.parse(out)).toMatchObject([{ node: 'node-1', nodes: [{ node: 'node-1' }] }])
  })

  test('needs a pod', async () => {
    const empty = file('map.yaml', 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: map }\n')
    expect((await typed('explain', empty)).err).toContain('map.yaml has no Pod and no workload')
  })
})

describe('simcluster diff', () => {
  const deployment = (replicas: number): string => `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${replicas}
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
`
  const policy = `
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: closed }
spec: { podSelector: {} }
`

  test('shows changed objects, where pods go, and connections that close', async () => {
    const cluster = new SimCluster({ nodes: 2 })
    cluster.apply(deployment(1))
    const snapshot = file('cluster.snapshot', cluster.settle().snapshot().toFile())
    expect(await typed('diff', file('same.yaml', deployment(1)), '--snapshot', snapshot)).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    const changed = file('changed.yaml', `${deployment(2)}---${policy}`)
    const { code, out } = await typed('diff', changed, '--snapshot', snapshot)
    expect(code).toBe(1)
    expect(out).toMatch(/^-  replicas: 1\n\+  replicas: 2$/m)
    expect(out).toMatch(/^pods\n\+ default\/web-\S+ node-\d$/m)
    expect(out).toMatch(/^connections\n- /m)
  })
})

describe('simcluster fork', () => {
  test('serves a copy that goes its own way', async () => {
    let printed = ''
    const serving = (...argv: readonly string[]): Promise<number> =>
      run(argv, { out: (text) => void (printed += text), err: (text) => void (printed += text) })
    const [original, copy] = [join(folder, 'original'), join(folder, 'copy')]
    const first = serving('serve', '--nodes', '1', '--time', 'virtual', '--kubeconfig', original)
    await expect.poll(() => printed).toContain(`export KUBECONFIG=${original}`)
    const second = serving('fork', '--kubeconfig', original, '--to', copy)
    await expect.poll(() => printed, { timeout: 20_000 }).toContain(`export KUBECONFIG=${copy}`)
    const [before] = [(await typed('settle', '--kubeconfig', original)).out]
    expect((await typed('advance', '1h', '--kubeconfig', copy)).out).toMatch(/T01:00:/)
    expect((await typed('settle', '--kubeconfig', original)).out).toBe(before)
    process.emit('SIGTERM', 'SIGTERM')
    expect(await Promise.all([first, second])).toEqual([0, 0])
  })
})

describe('simcluster completion', () => {
  const complete = async (...words: readonly string[]): Promise<string> => {
    const { out } = await typed('completion', 'bash')
    const line = words.map((word) => `'${word}'`).join(' ')
    const script = `${out}
COMP_WORDS=(simcluster ${line})
COMP_CWORD=${words.length}
_simcluster 2> /dev/null
echo "\${COMPREPLY[@]}"`
    return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()
  }

  test('completes commands and their flags in bash', async (context) => {
    needs(context, 'bash')
    expect(await complete('ad')).toBe('advance')
    expect(await complete('serve', '--sn')).toBe('--snapshot')
    expect(await complete('settle', '--')).toBe('--kubeconfig --help')
  })

  test('is there for zsh and fish, and for no other shell', async () => {
    expect((await typed('completion', 'zsh')).out).toContain('bashcompinit')
    expect((await typed('completion', 'fish')).out).toContain(
      "complete -c simcluster -n '__fish_seen_subcommand_from serve' -l nodes -r -d 'number of nodes'",
    )
    expect((await typed('completion', 'tcsh')).err).toContain('completion tcsh: write bash, zsh or fish')
  })
})

test('the help of every command has an example', async () => {
  const { out } = await typed('--help')
  const names = [...out.matchAll(/^ {2}(\S+) {2}/gm)].map(([, name = '']) => name)
  expect(names).toContain('completion')
  for (const name of names)
    expect((await typed(name, '--help')).out).toMatch(/\nExamples:\n {2}\S*.*simcluster/)
})
