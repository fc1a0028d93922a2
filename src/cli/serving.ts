import { parseIpRange } from '../lang/go/ip.js'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError } from '../lang/input-error.js'
import type { Gateway } from '../client/http.js'
import { mergeOptions } from '../cluster/compose/merge-options.js'
import type { ClusterOptions } from '../cluster/compose/options.js'
import { SimCluster } from '../cluster/sim-cluster.js'
import { writePrivateFile } from '../disk/private-file.js'
import { temporaryFolder } from '../disk/temporary-folder.js'
import { parseYamlText } from '../lang/yaml/read.js'
import { isPublishedKey, PKI_DIR } from '../pki/index.js'
import { checkCredentialsFolder } from '../server/credentials/component-credentials.js'
import { nodeKeys, serve } from '../server/index.js'
import type { ServeTime } from '../server/index.js'
import type { CommandArguments, Command, Terminal } from './command.js'
import { UsageError } from './command.js'
import { checkWritten, fileOf, manifestsIn, releaseIn, snapshotIn, textOf, wholeNumber } from './files.js'
import { shellWord } from './output.js'
import { ask } from './served.js'

/** Reads `real`, `virtual` or `10x`. */
export function timeOf(text: string): Exclude<ServeTime, 'clock'> {
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
  'pod-network-cidr': {
    value: 'CIDR',
    about: 'range of pod addresses, or two of both families with a comma',
  },
  'service-cidr': { value: 'CIDR', about: 'range of cluster IPs, or two of both families with a comma' },
  crds: { value: 'DIR', about: 'manifests to apply first, such as CustomResourceDefinitions' },
  manifests: { value: 'DIR', about: 'manifests to apply at the beginning' },
  snapshot: { value: 'FILE', about: 'snapshot to begin with, if it exists' },
  without: {
    value: 'NAMES',
    about: 'components that are not simulated, such as kube-controller-manager,kube-scheduler',
  },
}

/** @throws UsageError for what is no range of addresses */
function rangeIn(flags: CommandArguments['flags'], flag: string): string | undefined {
  const ranges = textOf(flags, flag)
  if (ranges?.split(',').some((range) => parseIpRange(range.trim()) === undefined) === true)
    throw new UsageError(
      `--${flag} ${ranges}: write a range such as 10.32.0.0/12, or one of each family with a comma between`,
    )
  return ranges
}

/** Returns the address ranges in the flags, which have kubeadm's names. */
function networkOf(flags: CommandArguments['flags']): ClusterOptions {
  const podCIDR = rangeIn(flags, 'pod-network-cidr')
  const serviceCIDR = rangeIn(flags, 'service-cidr')
  if (podCIDR === undefined && serviceCIDR === undefined) return {}
  return {
    network: {
      ...(podCIDR === undefined ? {} : { podCIDR }),
      ...(serviceCIDR === undefined ? {} : { serviceCIDR }),
    },
  }
}

/** Creates the cluster that the flags describe. Flags and `--config` win over `defaults`. */
export function clusterOf(flags: CommandArguments['flags'], defaults: ClusterOptions = {}): SimCluster {
  const snapshot = textOf(flags, 'snapshot')
  const without = textOf(flags, 'without')
  if (snapshot !== undefined && existsSync(snapshot)) {
    if (without !== undefined)
      throw new UsageError(
        `--without ${without}: the components of a snapshot are those that it was taken with`,
      )
    return snapshotIn(snapshot)
  }
  const version = releaseIn(flags)
  const nodes = textOf(flags, 'nodes')
  const config = configIn(textOf(flags, 'config'))
  const disable = [...(config.disable ?? []), ...(without?.split(',') ?? [])]
  const cluster = new SimCluster(
    mergeOptions(mergeOptions(defaults, config), {
      ...(disable.length === 0 ? {} : { disable }),
      ...(nodes === undefined ? {} : { nodes: wholeNumber('nodes', nodes) }),
      ...(version === undefined ? {} : { version }),
      ...networkOf(flags),
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
function isExposed(flags: CommandArguments['flags']): boolean {
  const host = textOf(flags, 'host') ?? 'localhost'
  return !/^(?:127\.|localhost$|::1$|\[::1\]$)/.test(host)
}

const EXPOSED =
  'simcluster: others can reach this address, and the private keys of this cluster are published with the ' +
  'package: whoever has them signs a certificate of an administrator, who rules the cluster and its memory\n'

/** A cluster that is served. */
export interface Serving {
  /** Path of its kubeconfig. */
  readonly kubeconfig: string
  readonly url: string
  /** Resolves when a client has asked for the end: `simcluster stop`. */
  readonly asked: Promise<void>
  close(): Promise<void>
}

/** The gateway of a server that counts requests and ends when a client with the rights asks for it. */
function gatewayOf(onRequest: () => void, onStop: () => void): Gateway {
  return (request, next) => {
    onRequest()
    const response = next(request)
    if (request.method !== 'POST' || request.path !== '/simcluster/stop') return response
    // the apiserver has no such path: 404 means that it has authorized the request
    if (!('body' in response) || response.code !== 404) return response
    onStop()
    return { code: 200, headers: { 'content-type': 'application/json' }, body: '{}\n' }
  }
}

/** The first line of a kubeconfig of ours, which may be overwritten. */
const WRITTEN = '# written by simcluster serve'

/**
 * Checks that no access to a cluster is lost when a kubeconfig is written: to a real one, or to a detached
 * one, which nothing could stop any more.
 * @throws UsageError
 */
async function checkKubeconfig(flags: CommandArguments['flags']): Promise<void> {
  const flag = flags['to'] === undefined ? 'kubeconfig' : 'to'
  const path = textOf(flags, flag)
  if (path === undefined || statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return
  const text = readFileSync(path, 'utf8')
  if (text.trim() === '') return
  if (!text.startsWith(WRITTEN))
    throw new UsageError(`--${flag} ${path}: simcluster did not write this file; name another, or remove it`)
  const isServed = await ask({ kubeconfig: path }, 'GET', 'time').then(
    () => true,
    () => false,
  )
  if (isServed)
    throw new UsageError(
      `--${flag} ${path}: a cluster is served there; end it, or name another file: ` +
        `simcluster stop --kubeconfig ${shellWord(path)}`,
    )
}

/**
 * Checks the files that a served cluster writes, now rather than after hours, when what should be saved would
 * be lost.
 * @throws UsageError that names the flag
 */
export async function checkServing(flags: CommandArguments['flags']): Promise<void> {
  for (const flag of ['to', 'kubeconfig', 'save', 'snapshot']) {
    const path = textOf(flags, flag)
    if (path !== undefined) checkWritten(flag, path)
  }
  const pki = textOf(flags, 'pki')
  if (pki !== undefined) checkFolder(pki)
  await checkKubeconfig(flags)
}

/** @throws UsageError that names the flag */
function checkFolder(pki: string): void {
  try {
    checkCredentialsFolder(pki)
  } catch (error) {
    throw new UsageError(`--pki ${pki}: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Serves a cluster, and writes its kubeconfig. See {@link checkServing}. */
export async function startServing(
  cluster: SimCluster,
  { flags, time }: { readonly flags: CommandArguments['flags']; readonly time: ServeTime },
  terminal: Terminal,
): Promise<Serving> {
  const host = textOf(flags, 'host')
  if (isExposed(flags) && isPublishedKey(cluster.pki.read(`${PKI_DIR}/ca.key`))) terminal.err(EXPOSED)
  let requests = 0
  let onStop = (): void => undefined
  const asked = new Promise<void>((resolve) => void (onStop = resolve))
  const server = await serve(cluster, {
    port: portOf(textOf(flags, 'port') ?? '0'),
    time,
    gateway: gatewayOf(
      () => requests++,
      () => onStop(),
    ),
    onSlowRequest: ({ what, user = 'nobody', ms }) =>
      terminal.err(`simcluster: ${what} of ${user} kept all others waiting for ${Math.round(ms)} ms\n`),
    ...(host === undefined ? {} : { host }),
  })
  const pki = textOf(flags, 'pki')
  const wanted = textOf(flags, 'to') ?? textOf(flags, 'kubeconfig')
  const temporary = wanted === undefined ? temporaryFolder('simcluster') : undefined
  const kubeconfig = resolve(wanted ?? join(temporary?.path ?? '', 'kubeconfig'))
  const endStatus = showStatus(cluster, () => requests)
  const close = async (): Promise<void> => {
    endStatus()
    await server.close()
    temporary?.remove()
  }
  try {
    writePrivateFile(kubeconfig, `${WRITTEN}\n${server.kubeconfig()}`)
    if (pki !== undefined) server.writeCredentials(pki)
  } catch (error) {
    await close()
    if (error instanceof InputError) throw new UsageError(`--pki ${pki ?? ''}: ${error.message}`)
    const message = error instanceof Error ? error.message : String(error)
    throw new UsageError(`${kubeconfig} cannot be written: ${message}`)
  }
  return { kubeconfig, url: server.url, asked, close }
}

/** Saves a cluster whose serving ends, if the flags say so. */
export function saveAtEnd(cluster: SimCluster, flags: CommandArguments['flags']): void {
  const save = textOf(flags, 'save') ?? textOf(flags, 'snapshot')
  if (save !== undefined) writePrivateFile(save, cluster.snapshot().toFile())
}

/** Ms that a cluster has before now for what manifests begin, such as pods that start. */
const PAST_MS = 60_000

/**
 * Defaults of a cluster whose time follows the clock. Clients make certificates and tokens by that clock,
 * which the cluster must find valid; and many of them at once are too slow to see a pod that terminates for
 * 700 ms, where a real one needs about a second.
 */
const byTheClock = ({ crds, manifests }: CommandArguments['flags']): ClusterOptions => ({
  time: { start: Date.now() - (crds === undefined && manifests === undefined ? 0 : PAST_MS) },
  containers: { timings: { containerStop: 500 } },
  kubeadm: { processIdentities: true },
})

/** Today, of the machine: clients find certificates valid, and runs of one day are equal. */
const TODAY_MS = 86_400_000
const today = (): ClusterOptions => ({ time: { start: Math.floor(Date.now() / TODAY_MS) * TODAY_MS } })

/** Whether the cluster's time begins now: that of a snapshot goes on, and `--config` can name another. */
function beginsNow(flags: CommandArguments['flags']): boolean {
  const snapshot = textOf(flags, 'snapshot')
  return (
    !(snapshot !== undefined && existsSync(snapshot)) &&
    configIn(textOf(flags, 'config')).time?.start === undefined
  )
}

/** The cluster that the flags describe, and what moves its time. */
export function servedCluster(
  flags: CommandArguments['flags'],
  standard: string,
): { readonly cluster: SimCluster; readonly time: ServeTime } {
  const time = timeOf(textOf(flags, 'time') ?? standard)
  const own = isExposed(flags) && flags['published-keys'] !== true ? { kubeadm: { keys: nodeKeys() } } : {}
  const isVirtual = time === 'virtual'
  const cluster = clusterOf(flags, mergeOptions(isVirtual ? today() : byTheClock(flags), own))
  if (isVirtual || !beginsNow(flags)) return { cluster, time }
  // its first client finds the time of the clock, not a cluster that still lives through its past
  cluster.advance(Math.max(0, Date.now() - cluster.now()))
  return { cluster, time: { ...time, from: 'clock' } }
}

/** The flags of a served cluster. */
export const SERVE_FLAGS: Command['flags'] = {
  ...CLUSTER_FLAGS,
  time: { value: 'real|virtual|10x', about: 'what moves the time of the cluster', default: 'real' },
  port: { value: 'PORT', about: 'port to listen on; 0 takes a free one', default: '0' },
  host: { value: 'ADDRESS', about: 'address to listen on', default: '127.0.0.1' },
  kubeconfig: { value: 'FILE', about: 'where to write the kubeconfig', default: 'a temporary file' },
  snapshot: { value: 'FILE', about: 'snapshot to begin with, if it exists, and to save at the end' },
  save: { value: 'FILE', about: 'where to save a snapshot at the end' },
  pki: {
    value: 'DIR',
    about: 'where to write the keys and kubeconfigs with which real components take part',
  },
  'published-keys': { about: 'keeps the published private keys where --host lets others in' },
}
