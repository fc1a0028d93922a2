import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
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

test('client-go does what controllers do, in JSON and protobuf', { timeout: 600_000 }, async (context) => {
  const hasGo = spawnSync('go', ['version']).error === undefined
  const isThere = hasGo && existsSync(PACKAGE)
  if (!isThere && process.env['CI'] === undefined)
    context.skip('Debian’s golang-go and golang-k8s-client-go-dev are not installed')
  execFileSync(join(folder, 'build.sh'), { stdio: 'inherit' })

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
