import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SimCluster } from 'simcluster'
import { connect, recordCluster, type RealRecording } from 'simcluster/real'
import { serve, type ClusterServer } from 'simcluster/server'
import type { Scenario } from '../../src/real/recording/scenario.js'
import { scoreOf } from '../conformance/recordings/score.js'
import { typed } from '../cli/typed.js'
import { has, needs, programs } from '../e2e/harness.js'

/** A served cluster stands for a real one. */
let server: ClusterServer
let recording: RealRecording | undefined
const folder = mkdtempSync(join(tmpdir(), 'simcluster-record-test-'))
const kubeconfig = join(folder, 'config')
const file = join(folder, 'recording.json')

beforeAll(async () => {
  server = await serve(new SimCluster({ nodes: 2, time: { start: Date.now() } }).settle(), {
    time: { speed: 20 },
  })
  server.writeKubeconfig(kubeconfig)
  if (has('kubectl'))
    recording = await recordCluster({ kubeconfig, kubectl: programs.kubectl, id: 'rollout' })
})

afterAll(async () => {
  await recording?.close()
  await server.close()
  rmSync(folder, { recursive: true })
})

const web = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: nginx}]}`

function recorded(): Scenario {
  recording?.save(file)
  const [scenario] = JSON.parse(readFileSync(file, 'utf8')) as readonly Scenario[]
  if (scenario === undefined) throw new Error('nothing was recorded')
  return scenario
}

test('what a test asks of a cluster is recorded, and a simulator responds the same', async (context) => {
  needs(context, 'kubectl')
  const config = recording?.kubeconfig ?? ''
  const cluster = await connect({ kubeconfig: config, kubectl: programs.kubectl })
  const words = [`--kubeconfig=${config}`, 'get', 'configmaps', '--watch-only']
  const watching = spawn(programs.kubectl, words, { stdio: ['ignore', 'pipe', 'ignore'] })
  let seen = ''
  watching.stdout.on('data', (part: Buffer) => void (seen += part.toString()))
  await cluster.apply(web)
  const isReady = async (): Promise<boolean> =>
    (await cluster.get('deployments', 'web')).status.readyReplicas === 2
  expect(await cluster.until(isReady)).toBe(true)
  await cluster.create('configmaps', { metadata: { generateName: 'c-' }, data: { a: '1' } })
  const made = (await cluster.list('configmaps')).find(({ data }) => data?.['a'] === '1')
  await cluster.edit('configmaps', made?.metadata.name ?? '', (draft) => void (draft.data = { a: '2' }))
  await expect(cluster.create('configmaps', { metadata: { name: 'C' } })).rejects.toMatchObject({ code: 422 })
  const [pod] = await cluster.list('pods')
  const refused = await cluster.exec(pod?.metadata ?? {}, 'echo hi')
  expect(refused).toMatchObject({ stdout: '', exitCode: 1, stderr: expect.stringContaining('Forbidden') })
  await expect.poll(() => seen.split('\n').length, { timeout: 10_000 }).toBeGreaterThan(2)
  watching.kill()
  await once(watching, 'exit')

  const scenario = recorded()
  expect(scenario.on).toMatchObject({ version: 'v1.35', nodes: 2, user: { name: 'kubernetes-admin' } })
  const text = JSON.stringify(scenario)
  // what the server chose is sent back by reference, and nothing of this run is left
  expect(text).toMatch(/"resourceVersion":"\$\{\d+:metadata\.resourceVersion\}"/)
  expect(text).not.toContain(made?.metadata.uid)
  expect(scenario.steps.some(({ watchEnd }) => watchEnd !== undefined)).toBe(true)
  const { steps, unequal } = scoreOf(scenario)
  expect(steps).toBeGreaterThan(6)
  expect(unequal).toEqual([])
})

test('the command line records a program', async (context) => {
  needs(context, 'kubectl')
  const path = join(folder, 'typed.json')
  const where = ['--kubeconfig', kubeconfig, '--kubectl', programs.kubectl, '--id', 'typed']
  const words = [programs.kubectl, 'get', 'namespace', 'default', '-o', 'name']
  expect(await typed('record', path, ...where, '--', ...words)).toMatchObject({
    code: 0,
    err: `recorded in ${path}\n`,
  })
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject([
    { id: 'typed', steps: [{ request: { method: 'GET', path: '/api/v1/namespaces/default' } }] },
  ])
  expect((await typed('record')).err).toContain('write record FILE, or record FILE -- PROGRAM WORDS')
  expect((await typed('record', path, '--kubeconfig', '/nowhere', '--kubectl', programs.kubectl)).code).toBe(
    2,
  )
})

test('a server that responds otherwise is found', (context) => {
  needs(context, 'kubectl')
  const scenario = recorded()
  const steps = scenario.steps.map((step) =>
    step.response?.code === 422 ? { ...step, response: { ...step.response, code: 400 } } : step,
  )
  expect(scoreOf({ ...scenario, steps }).unequal).toMatchObject([
    { differences: [{ layer: 'code', expected: 400, actual: 422 }] },
  ])
})
