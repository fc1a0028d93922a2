import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test, type TestContext } from 'vitest'
import { SimCluster } from 'simcluster'
import { serve } from 'simcluster/server'

const folder = fileURLToPath(new URL('client-go', import.meta.url))
const program = fileURLToPath(new URL('../../.cache/client-go/main', import.meta.url))
const PACKAGE = '/usr/share/gocode/src/k8s.io/client-go'

/** Resolves with what a program prints, once it has ended. */
async function output(child: ChildProcess): Promise<string> {
  let text = ''
  for await (const part of child.stdout ?? []) text += String(part)
  return text
}

function buildOrSkip(context: TestContext): void {
  const hasGo = spawnSync('go', ['version']).error === undefined
  const isThere = hasGo && existsSync(PACKAGE)
  if (!isThere && process.env['CI'] === undefined)
    context.skip('Debian’s golang-go and golang-k8s-client-go-dev are not installed')
  execFileSync(join(folder, 'build.sh'), { stdio: 'inherit' })
}

test('client-go does what controllers do, in JSON and protobuf', { timeout: 600_000 }, async (context) => {
  buildOrSkip(context)
  const server = await serve(new SimCluster({ nodes: 1, time: { start: Date.now() } }))
  const files = mkdtempSync(join(tmpdir(), 'simcluster-client-go-'))
  onTestFinished(async () => {
    await server.close()
    rmSync(files, { recursive: true })
  })
  const { cluster } = server
  const subject = { commonName: 'admin', organizations: ['system:masters'] }
  const { certificate, key } = cluster.pki.clientCertificate(subject, { notBefore: cluster.now() })
  const [ca, cert, secret] = ['ca.crt', 'admin.crt', 'admin.key'].map((name) => join(files, name))
  writeFileSync(ca ?? '', server.authority)
  writeFileSync(cert ?? '', certificate)
  writeFileSync(secret ?? '', key)

  const words = [server.url, ca ?? '', cert ?? '', secret ?? '']
  const text = await output(spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] }))
  expect(text.trim().split('\n')).toEqual([
    'ok informers',
    'ok watch restarts',
    'ok leader election',
    'ok dynamic client',
    'ok server-side apply',
    'ok finalizers',
    'ok exec',
    'ok protobuf',
  ])
})

test('client-go logs in as each component that takes part', { timeout: 600_000 }, async (context) => {
  buildOrSkip(context)
  const cluster = new SimCluster({
    nodes: 1,
    time: { start: Date.now() },
    disable: ['kube-controller-manager', 'kube-scheduler'],
  })
  const server = await serve(cluster)
  const files = mkdtempSync(join(tmpdir(), 'simcluster-client-go-'))
  onTestFinished(async () => {
    await server.close()
    rmSync(files, { recursive: true })
  })
  cluster.settle()
  server.writeCredentials(files)
  const names = [
    'admin',
    'controller-manager',
    'scheduler',
    'kube-proxy',
    'kubelet-node-1',
    'bootstrap-kubelet',
  ]
  const words = ['identities', ...names.map((name) => join(files, `${name}.conf`))]
  const text = await output(spawn(program, words, { stdio: ['ignore', 'pipe', 'ignore'] }))
  expect(text.trim().split('\n')).toEqual([
    'ok kubernetes-admin',
    'ok system:kube-controller-manager leads',
    'ok system:kube-scheduler leads',
    'ok system:kube-proxy',
    'ok system:node:node-1',
    expect.stringMatching(/^ok system:bootstrap:[0-9a-f]{6}$/),
  ])
  const leases = cluster.list('leases', { namespace: 'kube-system' }).items
  expect(leases.map(({ metadata }) => metadata.name)).toEqual(['kube-controller-manager', 'kube-scheduler'])
})
