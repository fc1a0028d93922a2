import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseYamlText } from '../../lang/yaml/read.js'
import { mergeOptions } from '../../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../../cluster/compose/options.js'
import { ClusterSnapshot } from '../../cluster/storage/snapshot.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { writePrivateFile } from '../../disk/private-file.js'
import { temporaryFolder } from '../../disk/temporary-folder.js'
import { isPublishedKey, PKI_DIR } from '../../pki/index.js'
import { nodeKeys, serve } from '../../server/index.js'
import type { ServeTime } from '../../server/index.js'
import type { Arguments, Command, Terminal } from '../command.js'
import { UsageError } from '../command.js'
import { checkFolderOf, fileOf, manifestsIn, snapshotIn, textOf, wholeNumber } from '../files.js'
import { KUBECONFIG, servedSnapshot } from '../served.js'
import { surviveErrors } from '../survive-errors.js'
import { untilStopped } from '../until-stopped.js'

/** Reads `real`, `virtual` or `10x`. */
function timeOf(text: string): Exclude<ServeTime, 'clock'> {
  if (text === 'virtual') return 'virtual'
  if (text === 'real') return { speed: 1 }
  const speed = Number(/^(\d+(?:\.\d+)?)x$/.exec(text)?.[1])
  if (!(speed > 0)) throw new UsageError(`--time ${text}: write real, virtual or a speed such as 10x`)
  return { speed }
}

function portOf(text: string): number {
  const port = wholeNumber('port', text)
  if (port > 65_535) throw new UsageError(`--port ${text}: write 0 to 65535`)
  return port
}

/** Returns the options in a file of YAML or JSON. @throws UsageError if there are none */
export function configIn(path: string | undefined): ClusterOptions {
  if (path === undefined) return {}
  const options: unknown = parseYamlText(fileOf('config', path).toString('utf8'))
  if (typeof options !== 'object' || options === null || Array.isArray(options))
    throw new UsageError(`--config ${path}: write options of SimCluster, such as nodes: 5`)
  return options
}

/** Ms between two looks of the line of status. */
const STATUS_MS = 1_000

/** Shows a line of status on a terminal, which it overwrites. Returns a function that ends that. */
function showStatus(cluster: SimCluster, requests: () => number): () => void {
  const { stderr } = process
  if (!stderr.isTTY) return () => undefined
  const timer = setInterval(() => {
    const [nodes, pods] = [cluster.state.peek('nodes').length, cluster.state.peek('pods').length]
    const time = new Date(cluster.now()).toISOString()
    stderr.write(`\r\u001B[K${time}  ${nodes} nodes  ${pods} pods  ${requests()} requests`)
  }, STATUS_MS)
  return () => {
    clearInterval(timer)
    stderr.write('\n')
  }
}

/** Flags that describe a cluster: {@link clusterOf}. */
export const CLUSTER_FLAGS: Command['flags'] = {
  nodes: { value: 'N', about: 'number of nodes', default: '3' },
  version: { value: 'VERSION', about: 'minor version, such as v1.35' },
  config: { value: 'FILE', about: 'options of SimCluster as YAML or JSON; other flags override it' },
  crds: { value: 'DIR', about: 'manifests to apply first, such as CustomResourceDefinitions' },
  manifests: { value: 'DIR', about: 'manifests to apply at the beginning' },
  snapshot: { value: 'FILE', about: 'snapshot to begin with, if it exists' },
}

/** Creates the cluster that the flags describe. Flags and `--config` win over `defaults`. */
export function clusterOf(flags: Arguments['flags'], defaults: ClusterOptions = {}): SimCluster {
  const snapshot = textOf(flags, 'snapshot')
  if (snapshot !== undefined && existsSync(snapshot)) return snapshotIn(snapshot)
  const version = textOf(flags, 'version')
  const nodes = textOf(flags, 'nodes')
  const cluster = new SimCluster(
    mergeOptions(mergeOptions(defaults, configIn(textOf(flags, 'config'))), {
      ...(nodes === undefined ? {} : { nodes: wholeNumber('nodes', nodes) }),
      ...(version === undefined ? {} : { version }),
    }),
  )
  for (const folder of [textOf(flags, 'crds'), textOf(flags, 'manifests')]) {
    if (folder === undefined) continue
    cluster.apply(manifestsIn(folder))
    cluster.settle()
  }
  return cluster
}

/** Whether the port can be reached from other machines. */
function isExposed(flags: Arguments['flags']): boolean {
  const host = textOf(flags, 'host') ?? 'localhost'
  return !/^(?:127\.|localhost$|::1$|\[::1\]$)/.test(host)
}

const EXPOSED =
  'simcluster: others can reach this address, and the private keys of this cluster are published with the ' +
  'package: whoever has them signs a certificate of an administrator, who rules the cluster and its memory\n'

/** Serves a cluster until SIGTERM or SIGINT, and saves it then if the flags say so. */
async function serveUntilStopped(
  cluster: SimCluster,
  { flags, time }: { readonly flags: Arguments['flags']; readonly time: ServeTime },
  terminal: Terminal,
): Promise<number> {
  const host = textOf(flags, 'host')
  // now rather than after hours, when what should be saved would be lost
  for (const flag of ['to', 'kubeconfig', 'save', 'snapshot']) {
    const path = textOf(flags, flag)
    if (path !== undefined) checkFolderOf(flag, path)
  }
  if (isExposed(flags) && isPublishedKey(cluster.pki.read(`${PKI_DIR}/ca.key`))) terminal.err(EXPOSED)
  let requests = 0
  const server = await serve(cluster, {
    port: portOf(textOf(flags, 'port') ?? '0'),
    time,
    gateway: (request, next) => {
      requests++
      return next(request)
    },
    onSlowRequest: ({ what, user = 'nobody', ms }) =>
      terminal.err(`simcluster: ${what} of ${user} kept all others waiting for ${Math.round(ms)} ms\n`),
    ...(host === undefined ? {} : { host }),
  })
  const wanted = textOf(flags, 'to') ?? textOf(flags, 'kubeconfig')
  const temporary = wanted === undefined ? temporaryFolder('simcluster') : undefined
  const kubeconfig = resolve(wanted ?? join(temporary?.path ?? '', 'kubeconfig'))
  try {
    server.writeKubeconfig(kubeconfig)
    terminal.out(`# ${cluster.version} with ${cluster.nodes().length} nodes at ${server.url}\n`)
    terminal.out(`export KUBECONFIG=${kubeconfig}\n`)
    const endStatus = showStatus(cluster, () => requests)
    const endSurvival = surviveErrors((text) => terminal.err(text))
    await untilStopped()
    endSurvival()
    endStatus()
    const save = textOf(flags, 'save') ?? textOf(flags, 'snapshot')
    if (save !== undefined) writePrivateFile(save, cluster.snapshot().toFile())
  } finally {
    await server.close()
    temporary?.remove()
  }
  return 0
}

function noWords(words: readonly string[]): void {
  if (words.length > 0) throw new UsageError(`unexpected argument ${words[0] ?? ''}`)
}

/** Ms that a cluster has before now for what manifests begin, such as pods that start. */
const PAST_MS = 60_000

/**
 * Defaults of a cluster whose time follows the clock. Clients make certificates and tokens by that clock,
 * which the cluster must find valid; and many of them at once are too slow to see a pod that terminates for
 * 200 ms, where a real one needs about a second.
 */
const byTheClock = ({ crds, manifests }: Arguments['flags']): ClusterOptions => ({
  time: { start: Date.now() - (crds === undefined && manifests === undefined ? 0 : PAST_MS) },
  containers: { timings: { containerStop: 1_000 } },
})

/** Whether the cluster's time begins now: that of a snapshot goes on, and `--config` can name another. */
function beginsNow(flags: Arguments['flags']): boolean {
  const snapshot = textOf(flags, 'snapshot')
  return (
    !(snapshot !== undefined && existsSync(snapshot)) &&
    configIn(textOf(flags, 'config')).time?.start === undefined
  )
}

/** `simcluster serve` */
export const serveCommand: Command = {
  name: 'serve',
  about: 'Serves a cluster over HTTPS until it gets SIGTERM or SIGINT, and prints how to reach it.',
  flags: {
    ...CLUSTER_FLAGS,
    time: { value: 'real|virtual|10x', about: 'what moves the time of the cluster', default: 'real' },
    port: { value: 'PORT', about: 'port to listen on; 0 takes a free one', default: '0' },
    host: { value: 'ADDRESS', about: 'address to listen on', default: '127.0.0.1' },
    kubeconfig: { value: 'FILE', about: 'where to write the kubeconfig', default: 'a temporary file' },
    snapshot: { value: 'FILE', about: 'snapshot to begin with, if it exists, and to save at the end' },
    save: { value: 'FILE', about: 'where to save a snapshot at the end' },
    'published-keys': { about: 'keeps the published private keys where --host lets others in' },
  },
  examples: [
    'simcluster serve --nodes 5 --kubeconfig ./kubeconfig',
    'simcluster serve --time virtual --manifests ./deploy',
    'simcluster serve --snapshot ./cluster.snapshot',
  ],
  run: ({ flags, words }, terminal) => {
    noWords(words)
    const time = timeOf(textOf(flags, 'time') ?? 'real')
    const own = isExposed(flags) && flags['published-keys'] !== true ? { kubeadm: { keys: nodeKeys() } } : {}
    if (time === 'virtual') return serveUntilStopped(clusterOf(flags, own), { flags, time }, terminal)
    const served = beginsNow(flags) ? { ...time, from: 'clock' as const } : time
    const defaults = mergeOptions(byTheClock(flags), own)
    return serveUntilStopped(clusterOf(flags, defaults), { flags, time: served }, terminal)
  },
}

/** `simcluster fork`: serves a copy of a served cluster, which continues by itself. */
export const forkCommand: Command = {
  name: 'fork',
  about: 'Serves a copy of a served cluster, in virtual time, until it gets SIGTERM or SIGINT.',
  flags: {
    ...KUBECONFIG,
    to: { value: 'FILE', about: 'where to write the kubeconfig of the copy', default: 'a temporary file' },
    time: { value: 'real|virtual|10x', about: 'what moves the time of the copy', default: 'virtual' },
    port: { value: 'PORT', about: 'port to listen on; 0 takes a free one', default: '0' },
    host: { value: 'ADDRESS', about: 'address to listen on', default: '127.0.0.1' },
    save: { value: 'FILE', about: 'where to save a snapshot of the copy at the end' },
  },
  examples: [
    'simcluster fork --to ./copy.kubeconfig &',
    'KUBECONFIG=./copy.kubeconfig simcluster crash node-2',
  ],
  run: async ({ flags, words }, terminal) => {
    noWords(words)
    const copy = SimCluster.restore(ClusterSnapshot.fromFile(await servedSnapshot(flags)))
    const { kubeconfig: _, ...own } = flags
    const time = timeOf(textOf(flags, 'time') ?? 'virtual')
    return serveUntilStopped(copy, { flags: own, time }, terminal)
  },
}
