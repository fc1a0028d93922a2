import { mergeOptions } from '../../cluster/compose/merge-options.js'
import type { NodeOptions } from '../../cluster/compose/options.js'
import { SimCluster } from '../../cluster/sim-cluster.js'
import { fileOf } from '../../shell/files/tree.js'
import type { FileEntry } from '../../shell/files/tree.js'
import { NODE_FILES, PKI_DIR, isKubeletFile } from '../../pki/index.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { ReadManifest } from '../control-plane/read-manifest.js'
import { readFolder } from '../control-plane/sync.js'
import type { HostMachine, Hosts } from './host-machine.js'
import { NODE_IPAM } from './state.js'
import { stopKubelet } from './sync-node.js'

type ClusterOptions = SimCluster['internals']['options']

const KUBECONFIG = /^\/etc\/kubernetes\/[\w-]+\.conf$/

/** Makes a machine whose kubelet knows its cluster a node: the kubelet registers it. Its disk is kept. */
export function becomeNode(machine: HostMachine, options: Partial<NodeOptions> = {}): void {
  const { bare, state, hosts } = machine
  if (bare === undefined) return
  const written = [...state.disk]
  hosts.state.machines.delete(machine.name)
  const { disk } = hosts.cluster.addNode({
    ...bare,
    ...options,
    registerReady: false,
    kubeletVersion: `v${state.packages.get('kubelet')?.version ?? ''}`,
  }).machine
  for (const [path, entry] of written) disk.set(path, entry)
  state.disk.clear()
  const { pki } = hosts.cluster
  // the kubelet has exactly the credentials on its disk
  for (const path of pki.paths(machine.name))
    if (isKubeletFile(path) && !/kubelet\.(?:crt|key)$/.test(path)) pki.remove(path, machine.name)
  keepInPki(machine, (path) => NODE_FILES.includes(path) || isKubeletFile(path))
}

/** Moves files from the disk to the cluster's PKI. */
function keepInPki(machine: HostMachine, isKept: (path: string) => boolean): void {
  for (const [path, entry] of [...machine.disk]) {
    if (!isPlainFile(entry) || !isKept(`/${path}`)) continue
    machine.disk.delete(path)
    machine.files.write(`/${path}`, entry.content)
  }
}

/**
 * Starts a control plane, with an empty etcd, where the kubelet of a machine without a cluster finds
 * manifests of one. Its options are read from the manifests and /etc/kubernetes/pki; `kubeadm` is what only
 * kubeadm's configuration contains.
 */
export function becomeControlPlane(machine: HostMachine, kubeadm: ClusterOptions['kubeadm'] = {}): void {
  const { hosts, name } = machine
  const { cluster, state } = hosts
  const found = readFolder(machine)
  const flags = (component: 'kube-apiserver' | 'kube-controller-manager'): ReadManifest['flags'] =>
    found.get(component)?.manifest.flags ?? new Map<string, string>()
  const version =
    /:(v\d+\.\d+\.\d[\w.-]*)$/.exec(found.get('kube-apiserver')?.manifest.image ?? '')?.[1] ?? hosts.version
  const apiserver = flags('kube-apiserver')
  const host = apiserver.get('advertise-address') ?? machine.address
  const address = `${host}:${apiserver.get('secure-port') ?? '6443'}`
  const fresh = new SimCluster(
    initializedOptions(
      cluster,
      {
        version: `v1.${minorOf(version)}`,
        kubeadm: { ...kubeadm, advertiseAddress: address, nodeName: name },
      },
      {
        services: flags('kube-apiserver').get('service-cluster-ip-range'),
        pods: flags('kube-controller-manager').get('cluster-cidr'),
      },
    ),
  )
  cluster.rewind(fresh.snapshot())
  cluster.internals.extensionState('hosts', () => state)
  cluster.internals.extensionState('kubeadm', () => ({ installed: true }))
  state.controlPlane = name
  state.version = state.initialVersion = version
  cluster.internals.extensionState('release', () => ({ version }))
  delete state.apiserverStopped
  delete state.heededFlags
  delete state.etcdDirectory
  delete state.etcdKept
  state.stopped.clear()
  const { pki } = cluster
  for (const path of pki.paths()) pki.remove(path)
  becomeNode(machine)
  keepInPki(machine, (path) => path.startsWith(`${PKI_DIR}/`) || KUBECONFIG.test(path))
  const folder =
    flags('kube-apiserver')
      .get('client-ca-file')
      ?.replace(/\/ca\.crt$/, '') ?? PKI_DIR
  if (folder === PKI_DIR) return
  for (const [path, entry] of machine.disk)
    if (isPlainFile(entry) && `/${path}`.startsWith(`${folder}/`))
      pki.write(`/${path}`.replace(folder, PKI_DIR), entry.content)
}

interface Ranges {
  readonly services: string | undefined
  readonly pods: string | undefined
}

function initializedOptions(
  cluster: SimCluster,
  asked: Pick<ClusterOptions, 'version' | 'kubeadm'>,
  { services, pods }: Ranges,
): ClusterOptions {
  const { network: { podCIDR: _pods, serviceCIDR: _services, ...network } = {}, ...rest } =
    cluster.internals.options
  const disable = (rest.disable ?? []).filter((name) => name !== NODE_IPAM)
  return mergeOptions(
    { ...rest, network },
    {
      ...asked,
      nodes: [],
      time: { start: cluster.now() },
      addons: { coreDNS: false },
      kubeadm: { init: true, ...asked.kubeadm },
      network: {
        ...(services === undefined ? {} : { serviceCIDR: services }),
        ...(pods === undefined ? {} : { podCIDR: pods }),
      },
      disable: pods === undefined ? [...disable, NODE_IPAM] : disable,
    },
  )
}

/**
 * Does what `kubeadm reset` does to a node besides its files: the machine leaves the cluster, and its
 * containers are removed. The Node object stays.
 */
export function leaveCluster(machine: HostMachine): void {
  const { hosts, name } = machine
  if (machine.bare !== undefined) return stopKubelet(machine)
  if (machine.isControlPlane) return destroyControlPlane(hosts)
  stopKubelet(machine)
  removeFromCluster(machine, () => hosts.cluster.node(name).remove({ keepObject: true }))
}

/** Takes a machine out of the cluster. It keeps its disk, including the files of its node. */
function removeFromCluster(machine: HostMachine, remove: () => void): void {
  const { hosts, name } = machine
  const { state, address } = machine
  const all = allFiles(machine)
  const { labels, taints, capacity, region, zone, kubelet } = optionsOf(hosts, name)
  remove()
  hosts.state.machines.set(name, {
    name,
    internalIP: address,
    ...(labels === undefined ? {} : { labels }),
    ...(taints === undefined ? {} : { taints }),
    ...(capacity === undefined ? {} : { capacity }),
    ...(region === undefined ? {} : { region }),
    ...(zone === undefined ? {} : { zone }),
    ...(kubelet === undefined ? {} : { kubelet }),
  })
  state.made = false
  state.components.clear()
  state.manifests.clear()
  state.disk.clear()
  for (const [path, entry] of all) state.disk.set(path, entry)
}

/**
 * Collects all files that are particular to a machine: its disk, and the files that were made on demand, as
 * files of their own.
 */
function allFiles(machine: HostMachine): HostMachine['disk'] {
  const all = new Map(machine.disk)
  for (const path of machine.ownFiles()) {
    const content = machine.files.content(path)
    const entry = machine.files.stat(path)
    if (content !== undefined && entry !== undefined)
      all.set(path.slice(1), fileOf(content, entry.mode, entry.time))
  }
  return all
}

function optionsOf({ cluster }: Hosts, name: string): Partial<NodeOptions> {
  const { nodes } = cluster.internals.options
  return (
    (Array.isArray(nodes) ? (nodes as readonly NodeOptions[]) : []).find((node) => node.name === name) ?? {}
  )
}

/**
 * Destroys the control plane and its data. Machines that were nodes keep their disks and lose their
 * containers.
 */
function destroyControlPlane(hosts: Hosts): void {
  const { cluster, state } = hosts
  const { version, disable = [], ...rest } = cluster.internals.options
  const machines = hosts.names().map((name) => hosts.machine(name))
  for (const machine of machines) {
    if (machine.bare !== undefined) continue
    if (machine.isControlPlane) stopKubelet(machine)
    removeFromCluster(machine, () => {
      if (machine.hasNode) cluster.node(machine.name).remove({ keepObject: true })
    })
  }
  const bare = new SimCluster(
    mergeOptions(rest, {
      version: version ?? cluster.version,
      nodes: [],
      time: { start: cluster.now() },
      kubeadm: { init: false },
      disable: disable.filter((name) => name !== NODE_IPAM),
    }),
  )
  state.controlPlane = undefined
  delete state.apiserverStopped
  delete state.heededFlags
  delete state.etcdDirectory
  delete state.etcdKept
  state.stopped.clear()
  cluster.rewind(bare.snapshot())
  cluster.internals.extensionState('hosts', () => state)
}

/** Whether an entry of a disk is a file with a stored text. */
function isPlainFile(entry: FileEntry): entry is FileEntry & { readonly content: string } {
  return entry.kind === 'file' && typeof entry.content === 'string'
}
