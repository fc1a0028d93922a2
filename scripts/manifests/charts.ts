import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SimCluster } from 'simcluster'
import type { Pod } from 'simcluster/types'
import { serve } from 'simcluster/server'
import { setFlags, type ChartProject } from './project.js'

/** A chart that is installed, and what is known of it. */
export interface Chart extends ChartProject {
  /** Charts of the list that come first. */
  readonly after?: readonly string[]
  /** Secrets that its own programs make on a real cluster, by name, and their keys. */
  readonly makes?: Readonly<Record<string, readonly string[]>>
  /**
   * Why its workloads do not get ready on a real cluster without the cloud, hardware or secrets that it
   * needs, either; `--wait` is left out then.
   */
  readonly waitsFor?: string
}

/** How a chart went. */
export interface Installed {
  readonly pods: number
  readonly ready: number
  /** What went wrong, or was said and is not expected. */
  readonly remarks: readonly string[]
}

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** helm's messages that are no remarks: those of the chart's own texts, and of the client alone. */
const CLIENT_ONLY = /^(?:I\d{4} |level=|time=|walk\.go|coalesce\.go)/

const isReady = ({ status }: Pod): boolean =>
  status?.phase === 'Succeeded' ||
  (status?.conditions ?? []).some(({ type, status: is }) => type === 'Ready' && is === 'True')

/** Returns why a pod is not ready, as its status says it. */
function reasonOf({ metadata, status, spec }: Pod): string {
  const waiting = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])].flatMap(
    ({ name, state }) => (state?.waiting === undefined ? [] : [`${name}: ${state.waiting.reason ?? ''}`]),
  )
  const condition = (status?.conditions ?? []).find(({ status: is }) => is === 'False')
  const why = waiting.length > 0 ? waiting.join(', ') : (condition?.message ?? condition?.reason ?? '')
  return `pod ${metadata.name ?? ''} is ${status?.phase ?? ''} on ${spec.nodeName ?? 'no node'}: ${why}`
}

/**
 * Installs a chart with the real helm on a served cluster in virtual time, upgrades it, rolls it back and
 * uninstalls it, each with `--wait`; says what a real cluster would not have said. `path` is the chart, and
 * `before` are the charts that come first.
 */
export async function playChart(
  chart: Chart,
  path: string,
  before: readonly (readonly [first: Chart, path: string])[],
): Promise<Installed> {
  const cluster = new SimCluster({ nodes: 3, seed: 1 })
  cluster.create('storageclasses', {
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'csi.example.com',
  })
  const faults: unknown[] = []
  const server = await serve(cluster, { time: 'virtual', onError: (error) => void faults.push(error) })
  const folder = mkdtempSync(join(tmpdir(), 'charts-'))
  const remarks: string[] = []
  try {
    const kubeconfig = join(folder, 'config')
    server.writeKubeconfig(kubeconfig)
    mkdirSync(join(folder, 'home'))
    const helm = (args: readonly string[]): Promise<Outcome> =>
      new Promise((resolve) => {
        const env = { ...process.env, KUBECONFIG: kubeconfig, HOME: join(folder, 'home') }
        const options = { env, maxBuffer: 2 ** 28, timeout: 120_000 }
        execFile('helm', [...args], options, (error, stdout, stderr) =>
          resolve({ code: error === null ? 0 : Number(error.code ?? 1) || 1, stdout, stderr }),
        )
      })
    const step = async (what: string, args: readonly string[]): Promise<boolean> => {
      const { code, stderr } = await helm(args)
      const said = stderr.split('\n').filter((line) => line.trim() !== '' && !CLIENT_ONLY.test(line))
      const wrong = said.filter((line) => !(chart.alsoSaid ?? []).some((text) => line.includes(text)))
      remarks.push(...wrong.map((line) => `${what}: ${line}`))
      if (code !== 0 && said.length === 0) remarks.push(`${what}: exit ${code}`)
      return code === 0
    }
    if (chart.makes !== undefined) cluster.create('namespaces', { metadata: { name: 'charts' } })
    for (const [name, keys] of Object.entries(chart.makes ?? {}))
      cluster.create('secrets', {
        metadata: { name, namespace: 'charts' },
        stringData: Object.fromEntries(keys.map((key) => [key, 'made'])),
      })
    const namespace = ['--namespace', 'charts', '--create-namespace']
    const set = setFlags(chart)
    const wait = chart.waitsFor === undefined ? ['--wait', '--timeout', '40s'] : []
    for (const [first, at] of before)
      await step(`install ${first.name}`, ['install', first.name, at, ...namespace, ...setFlags(first)])
    const isIn = await step('install', ['install', 'release', path, ...namespace, ...wait, ...set])
    if (chart.waitsFor !== undefined) cluster.advance('2m')
    const pods = cluster.list('pods', { namespace: 'charts' }).items
    const unready = pods.filter((pod) => !isReady(pod))
    if (chart.waitsFor === undefined) remarks.push(...unready.map(reasonOf))
    if (isIn) {
      await step('upgrade', ['upgrade', 'release', path, '--namespace', 'charts', ...wait, ...set])
      await step('rollback', ['rollback', 'release', '1', '--namespace', 'charts', ...wait])
    }
    await step('uninstall', ['uninstall', 'release', '--namespace', 'charts', ...wait])
    remarks.push(...faults.map((fault) => `fault: ${fault instanceof Error ? fault.message : String(fault)}`))
    return { pods: pods.length, ready: pods.length - unready.length, remarks }
  } finally {
    await server.close()
    rmSync(folder, { recursive: true, force: true })
  }
}
