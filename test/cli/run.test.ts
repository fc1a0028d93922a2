import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { run } from '../../src/cli/run.js'
import { ask } from '../../src/cli/served.js'
import { snapshotIn } from '../../src/cli/files.js'

const folder = mkdtempSync(join(tmpdir(), 'simcluster-cli-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function typed(...argv: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  const texts = { out: '', err: '' }
  const code = await run(argv, {
    out: (text) => void (texts.out += text),
    err: (text) => void (texts.err += text),
  })
  return { code, ...texts }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const policies = (port: number): string => `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: web, namespace: shop, labels: { app: web } }
spec: { containers: [{ name: web, image: nginx }] }
status: { podIP: 10.0.0.1 }
---
apiVersion: v1
kind: Pod
metadata: { name: db, namespace: shop, labels: { app: db } }
spec: { containers: [{ name: db, image: postgres }] }
status: { podIP: 10.0.0.2 }
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: db, namespace: shop }
spec:
  podSelector: { matchLabels: { app: db } }
  ingress: [{ from: [{ podSelector: { matchLabels: { app: web } } }], ports: [{ port: ${port} }] }]
`

describe('the program', () => {
  test('lists its commands, and shows the flags of one with examples', async () => {
    const overview = await typed('--help')
    expect(overview).toMatchObject({ code: 0, err: '' })
    expect(overview.out).toContain('  serve       Serves a cluster over HTTPS')
    const help = await typed('serve', '--help')
    expect(help.out).toMatch(/--time real\|virtual\|10x +what moves the time of the cluster \(default real\)/)
    expect(help.out).toContain('Examples:\n  simcluster serve --nodes 5')
  })

  test('names what is wrong, and what there is', async () => {
    expect(await typed('server')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no command server; there are: check, serve, run, envtest'),
    })
    const flag = await typed('serve', '--node', '3')
    expect(flag.code).toBe(2)
    expect(flag.err).toContain('simcluster serve: unknown flag --node; did you mean --nodes?')
    expect((await typed('settle', '--nodes', '3')).err).toContain(
      'unknown flag --nodes; there are: --kubeconfig',
    )
    expect((await typed('serve', '--nodes')).err).toContain('--nodes needs a value: write --nodes N')
    expect((await typed('explain', 'pod.yaml', '--json=1')).err).toContain('--json is a switch')
    expect((await typed('netpol', 'matrix', 'x', '-o', '-n')).err).toContain(
      '--output needs a value; one that begins with - is written --output=VALUE',
    )
    expect((await typed('serve', '--time', 'fast')).err).toContain(
      'write real, virtual or a speed such as 10x',
    )
    for (const [words, text] of [
      [['serve', '--port', '99999'], '--port 99999: write 0 to 65535'],
      [['kubectl', '--nodes', 'abc', '--', 'get', 'pods'], '--nodes abc: write a whole number'],
      [['record', 'x.json', '--kubectl', '/nope'], 'kubectl cannot be started, install it or name its path'],
    ] as const)
      expect((await typed(...words)).err).toContain(text)
    expect((await typed('netpol', 'matrix', '/nowhere')).err).toContain('there is no file or folder /nowhere')
  })

  test('names the flag of a file that is missing, or is something else', async () => {
    const junk = file('junk', 'no snapshot')
    for (const [words, text] of [
      [['serve', '--snapshot', junk], `--snapshot ${junk}: this is not a simcluster snapshot file`],
      [['serve', '--snapshot', folder], `--snapshot ${folder}: this is a folder; name a file`],
      [['kubectl', '--snapshot', junk, 'get', 'pods'], `--snapshot ${junk}: this is not`],
      [['serve', '--save', '/nowhere/x'], '--save /nowhere/x: there is no folder /nowhere'],
      [['serve', '--kubeconfig', '/nowhere/x'], '--kubeconfig /nowhere/x: there is no folder /nowhere'],
      [['settle', '--kubeconfig', '/nowhere'], '--kubeconfig /nowhere: there is no such file'],
    ] as const)
      expect(await typed(...words)).toMatchObject({ code: 2, err: expect.stringContaining(text) })
  })

  test('refuses a configuration that is none', async () => {
    expect((await typed('serve', '--config', '/nowhere')).err).toContain(
      '--config /nowhere: there is no such',
    )
    const list = file('list.yaml', '- 1')
    expect((await typed('serve', '--config', list)).err).toContain(
      'write options of SimCluster, such as nodes: 5',
    )
    const wrong = file('wrong.yaml', 'nodez: 5')
    expect((await typed('serve', '--config', wrong)).err).toContain('nodez')
  })

  test('runs kubectl on manifests, and keeps a snapshot', async () => {
    const manifests = file('pod.yaml', policies(5432))
    const snapshot = join(folder, 'kept.snapshot')
    const words = ['--snapshot', snapshot, '--manifests', manifests, '--', 'get', 'pods', '-n', 'shop']
    const first = await typed('kubectl', ...words)
    expect(first).toMatchObject({ code: 0, err: '' })
    expect(first.out).toMatch(/^NAME +READY/)
    expect(
      await typed('kubectl', '--snapshot', snapshot, '--', 'delete', 'pod', 'web', '-n', 'shop'),
    ).toMatchObject({ code: 0 })
    const left = await typed(
      'kubectl',
      '--snapshot',
      snapshot,
      '--',
      'get',
      'pods',
      '-n',
      'shop',
      '-o',
      'name',
    )
    expect(left.out).toBe('pod/db\n')
    expect(readFileSync(snapshot).subarray(0, 19).toString()).toBe('simcluster snapshot')
  })

  test('judges network policies with exit codes', async () => {
    const [before, after] = [file('before.yaml', policies(5432)), file('after.yaml', policies(5433))]
    expect((await typed('netpol', 'matrix', before)).out).toContain('shop')
    expect(await typed('netpol', 'eval', before, 'shop/web -> shop/db:5432')).toMatchObject({
      code: 0,
      out: 'allowed\n',
    })
    expect(await typed('netpol', 'eval', before, 'shop/web -> shop/db:80')).toMatchObject({
      code: 1,
      out: 'denied\n',
    })
    expect(await typed('netpol', 'diff', before, before)).toMatchObject({ code: 0, out: '' })
    expect((await typed('netpol', 'diff', before, after)).code).toBe(1)
  })

  test('lists who can do something', async () => {
    const roles = file(
      'roles.yaml',
      `
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: { name: reader }
rules: [{ apiGroups: [''], resources: [secrets], verbs: [get] }]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: { name: reader }
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: reader }
subjects: [{ kind: User, name: jane, apiGroup: rbac.authorization.k8s.io }]
`,
    )
    expect(await typed('rbac', 'who-can', roles, 'get', 'secrets')).toMatchObject({
      code: 0,
      out: 'User jane\n',
    })
    expect(await typed('rbac', 'who-can', roles, 'delete', 'secrets')).toMatchObject({ code: 1, out: '' })
  })
})

describe('a served cluster', () => {
  test('is moved, broken and saved by other commands', async () => {
    const kubeconfig = join(folder, 'kubeconfig')
    const snapshot = join(folder, 'served.snapshot')
    let printed = ''
    const serving = run(
      ['serve', '--config', file('two.yaml', 'nodes: 2'), '--time', 'virtual', '--kubeconfig', kubeconfig],
      { out: (text) => void (printed += text), err: () => undefined },
    )
    while (!printed.includes('export KUBECONFIG=')) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(printed).toMatch(/^# v1\.\d+ with 2 nodes at https:\/\/127\.0\.0\.1:\d+\nexport KUBECONFIG=/)
    const on = (...words: readonly string[]): ReturnType<typeof typed> =>
      typed(...words, '--kubeconfig', kubeconfig)
    expect((await on('settle')).out).toMatch(/T00:00:/)
    expect((await on('crash', 'node-2')).code).toBe(0)
    expect((await on('advance', '5m')).out).toMatch(/T00:05:/)
    expect(await on('crash', 'node-9')).toMatchObject({
      code: 2,
      err: expect.stringContaining('there is no node node-9; there are: node-1, node-2'),
    })
    expect((await on('snapshot', snapshot)).out).toBe(`saved ${snapshot}\n`)
    process.emit('SIGTERM', 'SIGTERM')
    expect(await serving).toBe(0)
    const nodes = await typed('kubectl', '--snapshot', snapshot, '--', 'get', 'nodes', '--no-headers')
    expect(nodes.out).toMatch(/^node-1 +Ready[^]*node-2 +NotReady/)
  })

  test('begins now unless its time is virtual, so that certificates of its clients are valid', async () => {
    /** Returns what the cluster's time is, less that of the clock when it was asked. */
    const started = async (...flags: readonly string[]): Promise<number> => {
      const kubeconfig = join(folder, 'now.kubeconfig')
      let printed = ''
      const serving = run(['serve', '--nodes', '0', '--kubeconfig', kubeconfig, ...flags], {
        out: (text) => void (printed += text),
        err: () => undefined,
      })
      while (!printed.includes('export KUBECONFIG=')) await new Promise((resolve) => setTimeout(resolve, 10))
      const asked = Date.now()
      const { time } = JSON.parse(await ask({ kubeconfig }, 'GET', 'time')) as { readonly time: string }
      process.emit('SIGTERM', 'SIGTERM')
      await serving
      // it was between when it was asked and now
      const [early, late] = [Date.parse(time) - asked, Date.parse(time) - Date.now()]
      return early < 0 ? early : Math.max(0, late)
    }
    const pods = mkdtempSync(join(folder, 'now-'))
    const spec = 'spec: { containers: [{ name: c, image: nginx }] }'
    writeFileSync(
      join(pods, 'pod.yaml'),
      `apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: default }\n${spec}\n`,
    )
    const slack = 100
    for (const flags of [[], ['--nodes', '1', '--manifests', pods]])
      expect(Math.abs(await started(...flags))).toBeLessThan(slack)
    const sinceMidnight = Date.now() % 86_400_000
    const virtual = await started('--time', 'virtual')
    expect(Math.abs(virtual + sinceMidnight)).toBeLessThan(60_000)
    const config = file('start.yaml', `time: { start: ${Date.parse('2020-01-01T00:00:00Z')} }`)
    expect(await started('--config', config)).toBeLessThan(Date.parse('2020-01-02T00:00:00Z') - Date.now())
  })

  test('lets pods terminate for a second by the clock, where clients look at them meanwhile', async () => {
    const pod = mkdtempSync(join(folder, 'pods-'))
    const spec = 'spec: { containers: [{ name: c, image: nginx }] }'
    const text = `apiVersion: v1\nkind: Pod\nmetadata: { name: p, namespace: default }\n${spec}\n`
    writeFileSync(join(pod, 'pod.yaml'), text)
    const terminates = async (...flags: readonly string[]): Promise<number> => {
      const save = join(folder, 'times.snapshot')
      let printed = ''
      const serving = run(['serve', '--nodes', '1', '--manifests', pod, '--save', save, ...flags], {
        out: (text) => void (printed += text),
        err: () => undefined,
      })
      while (!printed.includes('export KUBECONFIG=')) await new Promise((resolve) => setTimeout(resolve, 10))
      process.emit('SIGTERM', 'SIGTERM')
      await serving
      const cluster = snapshotIn(save)
      const began = cluster.now()
      cluster.delete('pods', { namespace: 'default', name: 'p' })
      while (cluster.list('pods', { namespace: 'default' }).items.length > 0) cluster.advance('100ms')
      return cluster.now() - began
    }
    expect(await terminates()).toBe(1_000)
    expect(await terminates('--time', 'virtual')).toBe(700)
  })
})
