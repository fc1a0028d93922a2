import { staticPodRule } from '../../api/option-values.js'
import { type GateWords, judgeGates, parseGates } from '../../api/gate-check.js'
import { isMap } from '../../lang/json/maps.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import type { Pod } from '../../api/core/generated.js'
import { parseCertificates, verifyChain } from '../../pki/index.js'
import type { HostMachine } from './host-machine.js'
import { SWAPS, swapsOf } from './kernel.js'
import { GATE_SOURCE, STARTED } from './texts.js'
import type { UnitState } from './state.js'

const CONFIG = '/var/lib/kubelet/config.yaml'
const KUBECONFIG = '/etc/kubernetes/kubelet.conf'
const FOLDER = '/etc/kubernetes/manifests'

/**
 * Returns why the kubelet of a machine cannot start, in its own words; undefined if it can. Source:
 * cmd/kubelet/app/server.go, pkg/kubelet/certificate/bootstrap/bootstrap.go.
 */
export function kubeletFault(machine: HostMachine): string | undefined {
  const { files } = machine
  if (machine.unit('containerd')?.state === 'inactive') return `failed to run Kubelet: ${RUNTIME_REFUSES}`
  const config = files.text(CONFIG)
  const loading = (why: string): string =>
    `failed to load kubelet config file, path: ${CONFIG}, error: failed to load Kubelet config file ` +
    `${CONFIG}, error ${why}`
  if (config === undefined)
    return loading(
      `failed to read kubelet config file "${CONFIG}", error: open ${CONFIG}: no such file or directory`,
    )
  let parsed: unknown
  try {
    parsed = parseYamlText(config)
  } catch (error) {
    return loading(
      'failed to decode: error converting YAML to JSON: yaml: ' +
        `${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`,
    )
  }
  if (
    typeof parsed !== 'object' ||
    parsed === null ||
    !('kind' in parsed) ||
    parsed.kind !== 'KubeletConfiguration'
  )
    return loading('failed to decode: no kind "KubeletConfiguration" is registered')
  const gates = kubeletGates(machine, parsed)
  if (typeof gates === 'string')
    return gates.startsWith('json: ') ? loading(`failed to decode: ${gates}`) : gates
  const { fault: gateFault } = judgeGates(gates, kubeletVersion(machine))
  if (gateFault !== undefined)
    return `failed to set feature gates from initial flags-based config: ${gateFault}`
  const swaps = machine.files.text(SWAPS)?.trimEnd().split('\n') ?? []
  if (swapsOf(machine).length > 0 && !toleratesSwap(machine, parsed))
    return (
      'failed to run Kubelet: running with swap on is not supported, please disable swap or set ' +
      `--fail-swap-on flag to false. /proc/swaps contained: [${swaps.join(' ')}]`
    )
  const authority = clientCA(parsed)
  if (authority !== undefined && files.text(authority) === undefined)
    return (
      `failed to construct kubelet dependencies: unable to load client CA file ${authority}: open ` +
      `${authority}: no such file or directory`
    )
  // a node's kubelet checks its client certificate itself
  return machine.hasNode ? undefined : clientFault(machine)
}

/** What a client of containerd's socket is told while the service is stopped. */
export const RUNTIME_REFUSES: string =
  'validate service connection: validate CRI v1 runtime API for endpoint ' +
  '"unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = ' +
  '"transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"'

/** Reads the supported fields of a kubelet's configuration file. */
function readConfiguration(text: string): {
  readonly rotateCertificates: boolean
  readonly serverTLSBootstrap: boolean
} {
  const { rotateCertificates = false, serverTLSBootstrap = false } = parseYamlText(text) as {
    rotateCertificates?: unknown
    serverTLSBootstrap?: unknown
  }
  return { rotateCertificates: rotateCertificates === true, serverTLSBootstrap: serverTLSBootstrap === true }
}

const kubeletVersion = ({ state, hosts }: HostMachine): string =>
  state.packages.get('kubelet')?.version ?? hosts.version

/** Returns the flags of a kubelet that stand in files which kubeadm and the package leave for them. */
const flagsOf = ({ files }: HostMachine): string =>
  ['/var/lib/kubelet/kubeadm-flags.env', '/etc/default/kubelet'].map((path) => files.text(path)).join(' ')

/**
 * Returns the feature gates of a kubelet, whose flags win over its configuration file; a text says why they
 * cannot be read. Source: cmd/kubelet/app/server.go kubeletConfigFlagPrecedence.
 */
function kubeletGates(machine: HostMachine, config: object): ReadonlyMap<string, boolean> | string {
  const gates = new Map<string, boolean>()
  const inFile = 'featureGates' in config ? (config.featureGates ?? {}) : {}
  if (!isMap(inFile)) return `${unreadable(inFile)} of type map[string]bool`
  for (const [name, value] of Object.entries(inFile)) {
    if (typeof value !== 'boolean') return `${unreadable(value)} of type bool`
    gates.set(name, value)
  }
  for (const [, text = ''] of flagsOf(machine).matchAll(/--feature-gates=([^\s"']*)/g)) {
    const parsed = parseGates(text, MAP_WORDS)
    if (typeof parsed === 'string')
      return (
        `failed to parse kubelet flag: invalid argument ${JSON.stringify(text)} for ` +
        `"--feature-gates" flag: ${parsed}`
      )
    for (const [name, value] of parsed) gates.set(name, value)
  }
  return gates
}

function unreadable(value: unknown): string {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
  return `json: cannot unmarshal ${kind} into Go struct field KubeletConfiguration.featureGates`
}

/** Source: component-base cli/flag/map_string_bool.go. */
const MAP_WORDS: GateWords = {
  missing: () => 'malformed pair, expect string=bool',
  invalid: (name, value) => `invalid value of ${name}: ${value}`,
}

/** Whether a configuration file or a flag allows swap. Source: pkg/kubelet/cm validateSwap */
function toleratesSwap(machine: HostMachine, config: object): boolean {
  const [, flag] = /--fail-swap-on=(\w+)/.exec(flagsOf(machine)) ?? []
  return flag === undefined ? 'failSwapOn' in config && config.failSwapOn === false : flag === 'false'
}

function clientCA(config: object): string | undefined {
  const found: unknown =
    'authentication' in config
      ? (config as { authentication?: { x509?: { clientCAFile?: unknown } } }).authentication?.x509
          ?.clientCAFile
      : undefined
  return typeof found === 'string' ? found : undefined
}

/** The kubeconfig with which a kubelet may request a certificate. */
export const BOOTSTRAP_CONFIG = '/etc/kubernetes/bootstrap-kubelet.conf'
const BOOTSTRAP =
  'failed to run Kubelet: unable to load bootstrap kubeconfig: stat ' +
  '/etc/kubernetes/bootstrap-kubelet.conf: no such file or directory'

/**
 * Returns why the kubelet has no client certificate. Without a valid kubeconfig it wants to bootstrap, and a
 * machine that has not joined has no bootstrap kubeconfig.
 */
function clientFault({ files, cluster }: HostMachine): string | undefined {
  if (files.text(BOOTSTRAP_CONFIG) !== undefined) return undefined
  const config = files.text(KUBECONFIG)
  if (config === undefined) return BOOTSTRAP
  const [, path] = /client-certificate:\s*(\S+)/.exec(config) ?? []
  const [, data] = /client-certificate-data:\s*(\S+)/.exec(config) ?? []
  const pem = path === undefined ? decoded(data) : files.text(path)
  if (pem === undefined) return BOOTSTRAP
  const authority = files.text('/etc/kubernetes/pki/ca.crt') ?? ''
  try {
    const [leaf, ...intermediates] = parseCertificates(pem)
    if (leaf === undefined) return BOOTSTRAP
    const fault = verifyChain(leaf, {
      roots: parseCertificates(authority),
      intermediates,
      now: cluster.now(),
      purpose: 'client auth',
    })
    return fault === undefined
      ? undefined
      : fault.includes('expired')
        ? BOOTSTRAP
        : `failed to run Kubelet: ${fault}`
  } catch {
    return BOOTSTRAP
  }
}

function decoded(data: string | undefined): string | undefined {
  try {
    return data === undefined ? undefined : atob(data)
  } catch {
    return undefined
  }
}

/** Starts the kubelet if possible; otherwise systemd keeps trying. */
export function startKubelet(machine: HostMachine): void {
  const unit = machine.state.units.get('kubelet')
  if (unit === undefined) return
  const now = machine.cluster.now()
  const fault = kubeletFault(machine)
  delete unit.killedBy
  unit.pid += 17
  unit.since = now
  const config = machine.disk.has(CONFIG.slice(1)) ? machine.files.text(CONFIG) : undefined
  if (fault === undefined) {
    unit.state = 'active'
    machine.journal('systemd', STARTED)
    const gates = config === undefined ? '' : kubeletGates(machine, parseYamlText(config) as object)
    if (typeof gates !== 'string')
      for (const { level, text } of judgeGates(gates, kubeletVersion(machine)).warnings)
        machine.log('kubelet', level, GATE_SOURCE, text)
    machine.log(
      'kubelet',
      'I',
      'server.go:529',
      `"Kubelet version" kubeletVersion="v${machine.state.packages.get('kubelet')?.version ?? ''}"`,
    )
    if (config !== undefined) machine.node?.machine.configureKubelet(readConfiguration(config))
    if (machine.hasNode)
      machine.log(
        'kubelet',
        'I',
        'kubelet_node_status.go:78',
        `"Successfully registered node" node=${JSON.stringify(machine.name)}`,
      )
    machine.node?.kubelet.start()
    return
  }
  unit.state = 'failed'
  machine.log('kubelet', 'E', 'run.go:72', `"command failed" err=${JSON.stringify(fault)}`)
  machine.journal('systemd', 'kubelet.service: Main process exited, code=exited, status=1/FAILURE')
  machine.journal('systemd', "kubelet.service: Failed with result 'exit-code'.")
}

/** Stops the kubelet; containers keep running. */
export function stopKubelet(machine: HostMachine): void {
  const unit = machine.unit('kubelet')
  if (unit === undefined) return
  if (unit.state === 'active') {
    machine.journal('systemd', 'Stopping kubelet.service - kubelet: The Kubernetes Node Agent...')
    machine.journal('systemd', 'Stopped kubelet.service - kubelet: The Kubernetes Node Agent.')
  }
  delete unit.killedBy
  unit.state = 'inactive'
  unit.since = machine.cluster.now()
  machine.node?.kubelet.stop()
}

/** Starts a failing kubelet for good once nothing prevents it. */
export function syncKubelet(machine: HostMachine): void {
  const unit = machine.unit('kubelet')
  if (unit?.killedBy !== undefined) return restartKilled(machine, unit)
  // it lacks a certificate, and looks for one itself
  if (machine.node?.kubelet.state === 'restarting') return
  if (machine.unit('kubelet')?.state === 'failed' && kubeletFault(machine) === undefined)
    startKubelet(machine)
}

/** RestartSec of kubelet.service, in ms. */
const RESTART_AFTER = 10_000

/**
 * Ends the kubelet as a signal does: systemd starts it again ten seconds later. Containers keep running.
 * Nothing happens if it does not run.
 */
export function killKubelet(machine: HostMachine, signal: number, signalName: string): void {
  const unit = machine.unit('kubelet')
  if (unit?.state !== 'active') return
  machine.journalKilled('kubelet', signal, signalName)
  Object.assign(unit, { state: 'failed', since: machine.cluster.now(), killedBy: signalName })
  machine.node?.kubelet.kill()
}

/** Records that systemd has restarted a killed kubelet; without a node, restarts it when it is time. */
function restartKilled(machine: HostMachine, unit: UnitState): void {
  const started = unit.since + RESTART_AFTER
  if (machine.node !== undefined && machine.node.kubelet.state !== 'running') return
  if (machine.node === undefined && machine.cluster.now() < started) return
  delete unit.killedBy
  if (machine.node === undefined) return startKubelet(machine)
  Object.assign(unit, { state: 'active', since: started, pid: unit.pid + 17 })
  const { journal } = machine.state
  const at = journal.findIndex(({ time }) => time > started)
  const line = { time: started, unit: 'systemd', pid: 1, text: STARTED }
  journal.splice(at < 0 ? journal.length : at, 0, line)
}

/** What the kubelet says once the container runtime has no network plugin. */
const NO_NETWORK =
  '"Container runtime network not ready" networkReady="NetworkReady=false reason:NetworkPluginNotReady ' +
  'message:Network plugin returns error: cni plugin not initialized"'

/** Where containerd looks for the configuration of the network plugin. */
const NETWORK_PLUGINS = '/etc/cni/net.d'

/**
 * Tells the kubelet whether its node has a network plugin: containerd loads what it finds in its folder, and
 * watches it.
 */
export function syncNetworkPlugin(machine: HostMachine): void {
  const { node, files } = machine
  if (node === undefined) return
  const names = files.stat(NETWORK_PLUGINS)?.kind === 'directory' ? files.list(NETWORK_PLUGINS) : []
  const isThere = names
    .filter((name) => /\.(?:conf|conflist|json)$/.test(name))
    .some((name) => isNetworkConfiguration(files.text(`${NETWORK_PLUGINS}/${name}`) ?? ''))
  if (node.machine.networkReady === isThere) return
  node.machine.setNetworkReady(isThere)
  if (!isThere && machine.unit('kubelet')?.state === 'active')
    machine.log('kubelet', 'E', 'kubelet.go:3117', NO_NETWORK)
}

/** Whether libcni loads a text: JSON with the type of a plugin, or with a list of plugins. */
function isNetworkConfiguration(text: string): boolean {
  try {
    const { type, plugins } = JSON.parse(text) as { readonly type?: unknown; readonly plugins?: unknown }
    return (typeof type === 'string' && type !== '') || (Array.isArray(plugins) && plugins.length > 0)
  } catch {
    return false
  }
}

/** Passes the manifests in a worker's directory of static pods to its kubelet. */
export function syncManifests(machine: HostMachine): void {
  const { node, files, state } = machine
  if (node === undefined || machine.isControlPlane || machine.unit('kubelet')?.state !== 'active') return
  const names = new Set(files.stat(FOLDER)?.kind === 'directory' ? files.list(FOLDER) : [])
  for (const name of names) {
    const path = `${FOLDER}/${name}`
    if (!machine.disk.has(path.slice(1))) continue // unchanged since the node was made
    const text = files.text(path)
    if (text === undefined || state.manifests.get(name) === text) continue
    state.manifests.set(name, text)
    const pod = podOf(text)
    if (typeof pod === 'string')
      machine.log(
        'kubelet',
        'E',
        'file.go:187',
        `"Could not process manifest file" err="${path}: couldn't parse as pod(${pod}), please check ` +
          `config file" path="${path}"`,
      )
    if (typeof pod === 'string') node.removeStaticPod(name)
    else node.staticPod(name, pod)
  }
  for (const name of [...node.machine.manifests().keys()]) {
    if (names.has(name)) continue
    node.removeStaticPod(name)
    state.manifests.delete(name)
  }
}

function podOf(text: string): Pod | string {
  try {
    const pod: unknown = parseYamlText(text)
    const rule = staticPodRule(pod)
    return rule === undefined ? (pod as Pod) : `invalid pod: it ${rule}`
  } catch (error) {
    return error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''
  }
}
