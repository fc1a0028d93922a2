import { firstNamed } from '../../../lang/bounds/named.js'
import type { Container, Pod, Volume, VolumeDevice, VolumeMount } from '../../../api/core/generated.js'
import { quantityValue } from '../../../api/quantity.js'
import type { ListeningPort, ProcessEntry, ProcessContext, Program } from '../../../shell/programs/command.js'
import { programOf } from '../../../shell/programs/programs.js'
import type { FileUser } from '../../../shell/files/file-system.js'
import { FileSystem } from '../../../shell/files/file-system.js'
import type { Mount, FileTree } from '../../../shell/files/tree.js'
import { absolutePath, fileOf } from '../../../shell/files/tree.js'
import { accountOf, groupText, passwdText } from '../../security-context/accounts.js'
import { effectiveSecurity, procStatus } from '../../security-context/effective.js'
import { SHELLS } from '../../../shell/interpreter/shell-call.js'
import type { DiskMount } from '../added-mounts.js'
import {
  emptyDirsOf,
  mountInContainer,
  mountOnMachine,
  mountsOfContainer,
  mountsOfMachine,
  unmountInContainer,
  unmountOnMachine,
} from '../added-mounts.js'
import { cgroupMount } from './cgroup.js'
import { oomScoreAdjust } from './oom-score.js'
import { DOCUMENT_ROOT } from '../../images/image.js'
import { endsByItself } from '../../images/unknown-image.js'
import { limitsStorage } from '../container-usage.js'
import type { ContainerView } from './container-view.js'
import type { PodHostname } from '../../../api/core/pods/pod-hostname.js'
import { NO_POD, containerSpec, hostnameOf, userOf } from './container-view.js'
import { Budget } from '../../../lang/bounds/budget.js'
import { expanded, lookUp, PATH_MAX } from './expansion.js'
import { containerCommand, hasProgram, ownProgramOf } from './start-plan.js'
import type { RuntimeContainer } from '../state.js'
import { nodeFiles, realDiskPath } from '../../volumes/host-paths.js'
import { comesFromApi, treeOf } from '../volumes.js'

/** Access to the processes of a machine. */
export interface Processes {
  list(): readonly ProcessEntry[]
  listening(): readonly ListeningPort[]
  kill(pid: number, signal: number): boolean
}

/** What a process sees; the caller provides access to the processes. */
export class ContainerWorld implements ProcessContext {
  readonly now: number
  readonly user: FileUser
  readonly hostname: string
  readonly userName: string | undefined
  readonly network: ProcessContext['network']
  readonly #view: ContainerView
  readonly #processes: Processes
  #files: FileSystem | undefined

  constructor(view: ContainerView, processes: Processes) {
    const { sandbox, image, surroundings, now } = view
    const pod =
      sandbox.pod ??
      ({
        metadata: { name: sandbox.name, namespace: sandbox.namespace },
        spec: { containers: [] },
        status: {},
      } as unknown as Pod)
    this.now = now
    this.user = userOf(view)
    this.hostname = hostnameOf(sandbox).kernelName
    this.userName = accountOf(image, this.user.uid)?.name
    this.network = surroundings.networkOf(pod, sandbox.ip ?? '')
    this.#view = view
    this.#processes = processes
  }

  /** Name of the node. */
  get nodeName(): string {
    return this.#view.sandbox.pod?.spec.nodeName ?? ''
  }

  get files(): FileSystem {
    return (this.#files ??= new FileSystem(mountsOf(this.#view), this.user, () => this.now))
  }

  mount(path: string, device: string): void {
    const added = { device, tree: new Map(), mountedAt: this.now }
    const { container, state } = this.#view
    mountInContainer(path, added, container, diskMounts(this.#view), state)
    this.#files = undefined
  }

  unmount(path: string): void {
    const { container, state } = this.#view
    unmountInContainer(path, container, diskMounts(this.#view), state)
    this.#files = undefined
  }

  has(program: string): boolean {
    return hasProgram(this.#view.image, program) && (SHELLS.has(program) || programOf(program) !== undefined)
  }

  ownProgram(word: string): Program | undefined {
    return ownProgramOf(this.#view.image, word) ?? this.#unknownProgram(word)
  }

  /** A program, by its path, that an image without a description may have: it does what the image would. */
  #unknownProgram(word: string): Program | undefined {
    const { image, sandbox, container } = this.#view
    if (image.isKnown || !word.startsWith('/') || hasProgram(image, word)) return undefined
    if (this.files.stat(word) !== undefined || this.files.mountOf(word).path !== '') return undefined
    const ends = sandbox.pod !== undefined && endsByItself(sandbox.pod, container.name)
    return { name: word, run: () => (ends ? 0 : { memory: null }) }
  }

  sysctl(name: string): string | undefined {
    const { sysctls = [] } = this.#view.sandbox.pod?.spec.securityContext ?? {}
    // Kubernetes also accepts slashes as separators
    return sysctls.find((one) => one.name.replaceAll('/', '.') === name)?.value
  }

  get isPrivileged(): boolean {
    const spec = containerSpec(this.#view.sandbox.pod, this.#view.container.name)
    return spec?.securityContext?.privileged === true
  }

  onHost(): ProcessContext | undefined {
    const { pod } = this.#view.sandbox
    return this.isPrivileged && pod?.spec.hostPID === true ? new HostWorld(this, this.#view.state) : undefined
  }

  get hasUnknownFiles(): boolean {
    return !this.#view.image.isKnown
  }

  processes(): readonly ProcessEntry[] {
    return this.#processes.list()
  }

  listening(): readonly ListeningPort[] {
    return this.#processes.listening()
  }

  kill(pid: number, signal: number): boolean {
    return this.#processes.kill(pid, signal)
  }
}

const ROOT_USER: FileUser = { uid: 0, gid: 0, groups: [] }

/** The machine of a container, as root sees it: its disk, with the programs that every container has. */
class HostWorld implements ProcessContext {
  readonly now: number
  readonly user = ROOT_USER
  readonly hostname: string
  readonly userName = 'root'
  readonly network: ProcessContext['network']
  readonly isPrivileged = true
  readonly #container: ContainerWorld
  readonly #state: ContainerView['state']
  #files: FileSystem | undefined

  constructor(container: ContainerWorld, state: ContainerView['state']) {
    this.now = container.now
    this.hostname = container.nodeName
    this.network = container.network
    this.#container = container
    this.#state = state
  }

  get files(): FileSystem {
    const disk = diskOf(this.#state, this.#container.nodeName)
    return (this.#files ??= new FileSystem(
      [...mountsOfMachine(this.#state), disk],
      ROOT_USER,
      () => this.now,
    ))
  }

  mount(path: string, device: string): void {
    mountOnMachine(path, { device, tree: new Map(), mountedAt: this.now }, this.#state)
    this.#files = undefined
  }

  unmount(path: string): void {
    unmountOnMachine(path, this.#state)
    this.#files = undefined
  }

  has(program: string): boolean {
    return SHELLS.has(program) || programOf(program) !== undefined
  }

  ownProgram(): undefined {
    return undefined
  }

  sysctl(): undefined {
    return undefined
  }

  processes(): readonly ProcessEntry[] {
    return this.#container.processes()
  }

  listening(): readonly ListeningPort[] {
    return this.#container.listening()
  }

  kill(pid: number, signal: number): boolean {
    return this.#container.kill(pid, signal)
  }
}

/** The disk of a machine, as its root sees it. */
const diskOf = (state: ContainerView['state'], node: string): Mount => ({
  path: '',
  layers: [state.disk, nodeFiles(node)],
  writable: () => state.disk,
  grown: () => void (state.measured = true),
  readOnly: false,
  prefix: '',
  directory: ROOT_DIRECTORY,
  device: '/dev/vda1',
  type: 'ext4',
})

const DIRECTORIES = [
  'bin',
  'dev',
  'etc',
  'home',
  'lib',
  'proc',
  'root',
  'run',
  'sys',
  'tmp',
  'usr/bin',
  'var/log',
  'var/tmp',
]
const ROOT_DIRECTORY = { mode: 0o755, owner: 0, group: 0 }
const OPEN_DIRECTORY = { mode: 0o777, owner: 0, group: 0 }
const EMPTY: FileTree = new Map()
const STICKY = 0o1777

/** All mounts of a container. */
function mountsOf(view: ContainerView): readonly Mount[] {
  const { sandbox, container } = view
  const spec = containerSpec(sandbox.pod, container.name)
  const env = container.env ?? {}
  const below = imageTree(view)
  const messagePath = terminationPath(spec)
  const root: Mount = new RootMount(view, below, spec?.securityContext?.readOnlyRootFilesystem === true)
  // the kubelet mounts this file separately, so that it is writable even in a read-only root
  const message: Mount | undefined = root.readOnly
    ? {
        ...root,
        layers: root.layers,
        readOnly: false,
        path: messagePath,
        prefix: messagePath.slice(1),
        device: '/dev/vda1',
        type: 'ext4',
      }
    : undefined
  return [
    // most machines have no mounts, and then the volumes need not be looked at twice
    ...mountsOfContainer(container, view.state.mounts === undefined ? [] : diskMounts(view), view.state),
    root,
    cgroupMount(() => container.resources),
    ...(message ? [message] : []),
    ...(spec?.volumeMounts ?? []).flatMap((mount) => volumeMount(view, mount, env) ?? []),
    ...(spec?.volumeDevices ?? []).flatMap((device) => volumeDevice(view, device) ?? []),
  ]
}

/** The volumes of a container that are directories of its machine. */
function diskMounts(view: ContainerView): readonly DiskMount[] {
  const { sandbox, container, state } = view
  const { volumeMounts = [] } = containerSpec(sandbox.pod, container.name) ?? {}
  return volumeMounts.flatMap((one) => {
    const mount = volumeMount(view, one, container.env ?? {})
    const isOnDisk = mount?.layers[0] === state.disk
    if (mount === undefined || (!isOnDisk && mount.layers[0] !== sandbox.emptyDirs?.get(one.name))) return []
    const below = isOnDisk ? [] : [emptyDirsOf(sandbox.uid), one.name]
    const key = [...below, mount.prefix].filter((part) => part !== '').join('/')
    return [{ mount, key, propagation: one.mountPropagation ?? 'None' }]
  })
}

/** Lets the kubelet watch what a pod writes, if that is limited. */
function watchStorage({ state, sandbox }: VolumeView): void {
  if (!state.measured && limitsStorage(sandbox.pod)) state.measured = true
}

/** The root file system of a container, whose own layer may be created after the view of it. */
class RootMount implements Mount {
  readonly path = ''
  readonly prefix = ''
  readonly directory: Mount['directory'] = ROOT_DIRECTORY
  readonly device = 'overlay'
  readonly type = 'overlay'
  readonly readOnly: boolean
  readonly writable: () => FileTree
  readonly grown: () => void
  readonly #container: RuntimeContainer
  readonly #below: FileTree

  constructor(view: ContainerView, below: FileTree, readOnly: boolean) {
    const { container } = view
    const writable = (): FileTree => {
      watchStorage(view)
      return (container.files ??= new Map())
    }
    this.writable = writable
    this.grown = () => void (view.state.measured = true)
    this.readOnly = readOnly
    this.#container = container
    this.#below = below
  }

  get layers(): readonly FileTree[] {
    return [this.#container.files ?? EMPTY, this.#below]
  }
}

/** Where the container leaves its termination message, which the kubelet makes writable for everybody. */
function terminationPath(spec: Container | undefined): string {
  return absolutePath('/', spec?.terminationMessagePath ?? '/dev/termination-log')
}

/**
 * The pod's names in /etc/hosts, with its full name if it has a subdomain. Source: kubelet_pods.go
 * managedHostsFileContent.
 */
const hostsNames = ({ hostname, fullName }: PodHostname): string =>
  fullName === undefined ? hostname : `${fullName}\t${hostname}`

/**
 * Makes the directories that a container mounts as sub-paths of its volumes. Source: kubelet_pods.go
 * makeMounts.
 */
export function makeSubPaths(view: ContainerView): void {
  const spec = containerSpec(view.sandbox.pod, view.container.name)
  for (const mount of spec?.volumeMounts ?? []) {
    if ((mount.subPath ?? '') === '' && (mount.subPathExpr ?? '') === '') continue
    const made = volumeMount(view, mount, view.container.env ?? {})
    if (made?.writable === undefined || made.prefix === '') continue
    const tree = made.writable()
    // a new directory has the mode of its volume, with the sticky bit
    const { subPath: _path, subPathExpr: _expression, ...whole } = mount
    const root = tree.get(volumeMount(view, whole, {})?.prefix ?? '')
    const attributes = root?.kind === 'directory' ? root : made.directory
    const isThere = [...tree.keys()].some((key) => key === made.prefix || key.startsWith(`${made.prefix}/`))
    const { mode, owner, group } = attributes
    if (!isThere) tree.set(made.prefix, { kind: 'directory', time: view.now, mode, owner, group })
  }
}

function imageTree(view: ContainerView): FileTree {
  const { sandbox, image } = view
  const { pod, ip = '127.0.0.1', secondIP } = sandbox
  const tree: FileTree = new Map()
  for (const path of DIRECTORIES)
    tree.set(path, {
      kind: 'directory',
      time: 0,
      owner: 0,
      group: 0,
      mode: path.endsWith('tmp') ? STICKY : 0o755,
    })
  const namespace = sandbox.namespace
  const { resolvConf } = view.surroundings.networkOf(
    pod ?? ({ metadata: { namespace }, spec: {} } as unknown as Pod),
    ip,
  )
  const names = hostnameOf(sandbox)
  const messagePath = terminationPath(containerSpec(pod, view.container.name)).slice(1)
  const aliases = (pod?.spec.hostAliases ?? [])
    .map(({ ip: address, hostnames = [] }) => `${address}\t${hostnames.join('\t')}\n`)
    .join('')
  const texts: Readonly<Record<string, string>> = {
    'etc/hostname': `${names.kernelName}\n`,
    'etc/hosts':
      `# Kubernetes-managed hosts file${pod?.spec.hostNetwork === true ? ' (host network)' : ''}.\n` +
      '127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ' +
      'ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\n' +
      `fe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${ip}\t${hostsNames(names)}\n${
        secondIP === undefined ? '' : `${secondIP}\t${hostsNames(names)}\n`
      }${aliases === '' ? '' : `\n# Entries added by HostAliases.\n${aliases}`}`,
    'etc/resolv.conf': resolvConf,
    'etc/passwd': passwdText(image),
    'etc/group': groupText(image),
    [messagePath]: '',
  }
  for (const process of ['1', 'self']) {
    tree.set(
      `proc/${process}/oom_score_adj`,
      fileOf(() => `${oomScoreOf(view)}\n`, 0o644),
    )
    for (const map of ['uid_map', 'gid_map'])
      tree.set(`proc/${process}/${map}`, fileOf(idMapText(pod), 0o644))
  }
  const status = (): string => statusText(view)
  for (const path of ['proc/1/status', 'proc/self/status']) tree.set(path, fileOf(status, 0o444))
  for (const [path, text] of Object.entries(texts))
    tree.set(path, fileOf(text, path === messagePath ? 0o666 : 0o644))
  tree.set('dev/null', { ...fileOf('', 0o666), special: 'character' })
  if (image.page !== undefined)
    tree.set(`${(image.documentRoot ?? DOCUMENT_ROOT).slice(1)}/index.html`, fileOf(image.page))
  for (const [path, text] of Object.entries(image.files ?? {}))
    tree.set(path.replace(/^\/+/, ''), fileOf(text, text.startsWith('#!') ? 0o755 : 0o644))
  return tree
}

/** /proc/1/oom_score_adj of a container. */
const oomScoreOf = ({ sandbox: { pod }, container, surroundings }: ContainerView): number =>
  pod === undefined
    ? 0
    : oomScoreAdjust(pod, container.name, surroundings.nodeMemory(pod.spec.nodeName ?? ''))

/** Ids of a user namespace of its own, of which each pod has as many. */
const IDS_OF_NAMESPACE = 65_536
const ALL_IDS = 4_294_967_295

/** The ids of the machine that a pod's ids are: all, or some that are the pod's alone. */
const idMapText = (pod: Pod | undefined): string => {
  const [host, count] = pod?.spec.hostUsers === false ? [IDS_OF_NAMESPACE, IDS_OF_NAMESPACE] : [0, ALL_IDS]
  return `${'0'.padStart(10)} ${String(host).padStart(10)} ${String(count).padStart(10)}\n`
}

/** /proc/1/status of a container. */
function statusText({ sandbox, container, image }: ContainerView): string {
  const found = effectiveSecurity(sandbox.pod ?? NO_POD, { imageOf: () => image }).find(
    (one) => one.container === container.name,
  )
  const spec = firstNamed(sandbox.pod?.spec.containers, container.name) ?? {}
  const {
    words: [program = ''],
  } = containerCommand(spec, image)
  return found === undefined ? '' : procStatus(found, (program || container.name).split('/').at(-1) ?? '')
}

/** What the files of a pod's volumes depend on. */
type VolumeView = Pick<ContainerView, 'state' | 'sandbox' | 'surroundings' | 'now'>

/** Reads a file of a pod's volume as the kubelet does; undefined if there is none. */
export function readVolume(view: VolumeView, name: string, path: string): string | undefined {
  const mount = volumeMount(view, { name, mountPath: '/' }, {})
  if (mount === undefined) return undefined
  const files = new FileSystem([mount], { uid: 0, gid: 0, groups: [] }, () => view.now)
  const inside = absolutePath('/', path)
  return files.stat(inside)?.kind === 'file' ? files.read(inside) : undefined
}

/** The file in a volume that holds the bytes of its block device. */
const BLOCK = 'block'

/** Shows a volume of mode Block as a device. Source: kubelet_pods.go makeBlockVolumes. */
function volumeDevice(view: VolumeView, { name, devicePath }: VolumeDevice): Mount | undefined {
  const mount = volumeMount(view, { name, mountPath: devicePath, subPath: BLOCK }, {})
  if (mount === undefined) return undefined
  const { path, layers, readOnly, prefix, directory, device, type, writable, grown, limit } = mount
  const none: FileTree = new Map([[prefix, { ...fileOf('', 0o660), special: 'block' }]])
  return {
    path,
    layers: [...layers, none],
    readOnly,
    prefix,
    directory,
    device,
    type,
    ...(writable === undefined ? {} : { writable }),
    ...(grown === undefined ? {} : { grown }),
    ...(limit === undefined ? {} : { limit }),
  }
}

function volumeMount(
  view: VolumeView,
  { name, mountPath, subPath = '', subPathExpr, readOnly = false }: VolumeMount,
  env: Readonly<Record<string, string>>,
): Mount | undefined {
  const { state, sandbox, surroundings } = view
  const { pod } = sandbox
  const volume = firstNamed(pod?.spec.volumes, name)
  if (!pod || !volume) return undefined
  const path = mountPath.replace(/(?<!\/)\/+$/, '')
  const prefix = (
    subPathExpr === undefined ? subPath : expanded(subPathExpr, lookUp(env), new Budget(PATH_MAX))
  ).replace(/^\/+|(?<!\/)\/+$/g, '')
  const fsGroup = pod.spec.securityContext?.fsGroup
  const owned = fsGroup === undefined ? ROOT_DIRECTORY : { mode: 0o2775, owner: 0, group: fsGroup }
  const mounted = sandbox.volumes?.get(name)
  if (mounted !== undefined && comesFromApi(mounted)) {
    return {
      path,
      layers: [treeOf(mounted, pod, surroundings)],
      readOnly: true,
      prefix,
      directory: fsGroup === undefined ? OPEN_DIRECTORY : { mode: 0o2777, owner: 0, group: fsGroup },
      device: 'tmpfs',
      type: 'tmpfs',
    }
  }
  if (mounted?.kind === 'network') {
    const tree = surroundings.networkVolume(mounted.id)
    const { type, id } = mounted
    return {
      path,
      layers: [tree],
      writable: () => tree,
      readOnly: readOnly || mounted.readOnly,
      prefix,
      directory: mounted.keepsGroup ? ROOT_DIRECTORY : owned,
      device: type === 'nfs' ? id.slice('nfs/'.length) : '/dev/vdb',
      type,
      ...(mounted.size === undefined ? {} : { limit: mounted.size }),
    }
  }
  if (mounted !== undefined || volume.hostPath !== undefined) {
    const base = realDiskPath(state.disk, mounted?.path ?? volume.hostPath?.path ?? '')
    return {
      path,
      layers: [state.disk, nodeFiles(pod.spec.nodeName ?? '')],
      writable: () => state.disk,
      grown: () => void (state.measured = true),
      readOnly: readOnly || mounted?.readOnly === true,
      prefix: [base, prefix].filter((part) => part !== '').join('/'),
      directory: volume.hostPath ? ROOT_DIRECTORY : owned,
      device: '/dev/vda1',
      type: 'ext4',
      ...(mounted?.size === undefined ? {} : { limit: mounted.size }),
    }
  }
  return emptyDirMount(view, volume, { path, prefix, readOnly, fsGroup })
}

/** Mounts an emptyDir or another volume with the lifetime of the pod (inline CSI volumes). */
function emptyDirMount(
  view: VolumeView,
  { name, emptyDir }: Volume,
  {
    path,
    prefix,
    readOnly,
    fsGroup,
  }: Pick<Mount, 'path' | 'prefix' | 'readOnly'> & { readonly fsGroup: number | undefined },
): Mount {
  const dirs = (view.sandbox.emptyDirs ??= new Map())
  const tree = dirs.get(name) ?? new Map()
  dirs.set(name, tree)
  const inMemory = emptyDir?.medium === 'Memory'
  return {
    path,
    layers: [tree],
    writable: () => {
      watchStorage(view)
      return tree
    },
    grown: () => void (view.state.measured = true),
    readOnly,
    prefix,
    directory: fsGroup === undefined ? OPEN_DIRECTORY : { mode: 0o2777, owner: 0, group: fsGroup },
    device: inMemory ? 'tmpfs' : '/dev/vda1',
    type: inMemory ? 'tmpfs' : 'ext4',
    ...(inMemory && emptyDir?.sizeLimit !== undefined ? { limit: quantityValue(emptyDir.sizeLimit) } : {}),
  }
}
