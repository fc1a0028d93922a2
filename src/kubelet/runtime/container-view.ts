import type { Container, Pod, Volume, VolumeMount } from '../../api/core/generated.js'
import { quantityValue } from '../../api/quantity.js'
import { programOf } from '../commands/index.js'
import type { ProcessEntry, World } from '../commands/command.js'
import { FileSystem } from '../files/file-system.js'
import type { FileUser } from '../files/file-system.js'
import type { Mount, Tree } from '../files/tree.js'
import { fileOf } from '../files/tree.js'
import type { ImageFacts } from '../images/image-table.js'
import { SHELLS } from '../shell/shell-call.js'
import type { RuntimeContainer, RuntimePod, RuntimeState } from './state.js'
import { expanded, hasProgram } from './start-plan.js'
import type { Surroundings } from './surroundings.js'
import { comesFromApi, diskPath, treeOf } from './volumes.js'

/** One container with all around it that its processes may look at. */
export interface ContainerView {
  readonly state: RuntimeState
  readonly sandbox: RuntimePod
  readonly container: RuntimeContainer
  readonly image: ImageFacts
  readonly surroundings: Surroundings
  readonly now: number
}

const DIRECTORIES = ['bin', 'dev', 'etc', 'home', 'lib', 'proc', 'root', 'run', 'sys', 'tmp', 'usr/bin', 'var/log']
const ROOT_DIRECTORY = { mode: 0o755, owner: 0, group: 0 }
const OPEN_DIRECTORY = { mode: 0o777, owner: 0, group: 0 }
const EMPTY: Tree = new Map()
const STICKY = 0o1777
const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The container's spec; undefined when the pod has none of that name any more. */
export function containerSpec(pod: Pod | undefined, name: string): Container | undefined {
  const { containers = [], initContainers = [], ephemeralContainers = [] } = pod?.spec ?? {}
  return [...containers, ...initContainers, ...(ephemeralContainers as readonly Container[])].find((one) => one.name === name)
}

/** The whole environment of a container: the service variables, those of the image, those of the spec. */
export function environmentOf({ sandbox, container, image, surroundings }: ContainerView): Readonly<Record<string, string>> {
  const { pod } = sandbox
  return {
    PATH, HOSTNAME: hostnameOf(sandbox), ...image.env, ...(pod ? surroundings.serviceEnv(pod, container.createdAt) : {}), ...container.env,
    HOME: container.env?.['HOME'] ?? image.env?.['HOME'] ?? (userOf({ sandbox, container, image }).uid === 0 ? '/root' : '/'),
  }
}

/** Where the first process of a container stands. */
export function workingDirectory({ sandbox, container, image }: ContainerView): string {
  return containerSpec(sandbox.pod, container.name)?.workingDir || image.workingDir || '/'
}

/** Who the processes of a container run as: the container's security context over the pod's over the image. */
export function userOf({ sandbox, container, image }: Pick<ContainerView, 'sandbox' | 'container' | 'image'>): FileUser {
  const pod = sandbox.pod?.spec.securityContext
  const own = containerSpec(sandbox.pod, container.name)?.securityContext
  const [name = '', group] = (image.user ?? '').split(':')
  const uid = own?.runAsUser ?? pod?.runAsUser ?? (/^\d+$/.test(name) ? Number(name) : name === '' || name === 'root' ? 0 : namedId(name))
  const gid = own?.runAsGroup ?? pod?.runAsGroup ?? (/^\d+$/.test(group ?? '') ? Number(group) : uid === namedId(name) && name !== '' ? uid : 0)
  const groups = [...(pod?.supplementalGroups ?? []), ...(pod?.fsGroup === undefined ? [] : [pod.fsGroup])]
  return { uid, gid, groups }
}

/** Users that an image names get this number: 101 is what nginx has. */
function namedId(name: string): number {
  return name === 'nobody' ? 65_534 : 101
}

/** What a process sees; the port to the processes is the caller's. */
export function worldOf(view: ContainerView, processes: { list(): readonly ProcessEntry[]; kill(pid: number, signal: number): boolean }): World {
  const { sandbox, image, surroundings, now } = view
  const user = userOf(view)
  const pod = sandbox.pod ?? { metadata: { name: sandbox.name, namespace: sandbox.namespace }, spec: { containers: [] }, status: {} } as unknown as Pod
  const lines = passwd(view)
  let files: FileSystem | undefined
  return {
    now, user,
    hostname: hostnameOf(sandbox),
    userName: lines.find((line) => line.split(':')[2] === String(user.uid))?.split(':')[0],
    network: surroundings.networkOf(pod, sandbox.ip ?? ''),
    get files() {
      return files ??= new FileSystem(mountsOf(view), user, () => now)
    },
    has: (program) => hasProgram(image, program) && (SHELLS.has(program) || programOf(program) !== undefined),
    processes: () => processes.list(),
    kill: (pid, signal) => processes.kill(pid, signal),
  }
}

function hostnameOf({ name, pod }: RuntimePod): string {
  return pod?.spec.hostname || (pod?.spec.hostNetwork === true ? pod.spec.nodeName ?? name : name.slice(0, 63))
}

function passwd({ image }: Pick<ContainerView, 'image'>): readonly string[] {
  const [name = ''] = (image.user ?? '').split(':')
  const own = name === '' || name === 'root' || /^\d+$/.test(name) ? [] : [`${name}:x:${namedId(name)}:${namedId(name)}::/home/${name}:/bin/sh`]
  return ['root:x:0:0:root:/root:/bin/sh', 'daemon:x:1:1:daemon:/usr/sbin:/bin/false', ...own, 'nobody:x:65534:65534:nobody:/home:/bin/false']
}

/** All that is mounted in a container. */
function mountsOf(view: ContainerView): readonly Mount[] {
  const { sandbox, container } = view
  const spec = containerSpec(sandbox.pod, container.name)
  const below = imageTree(view)
  const root: Mount = {
    path: '', layers: [container.files ?? EMPTY, below], writable: () => (container.files ??= new Map()),
    readOnly: spec?.securityContext?.readOnlyRootFilesystem === true, prefix: '', directory: ROOT_DIRECTORY, device: 'overlay', type: 'overlay',
  }
  // the container's own layer may be made later than this view
  Object.defineProperty(root, 'layers', { get: () => [container.files ?? EMPTY, below], enumerable: true })
  // the kubelet mounts this file on its own, so that it can be written in a read-only root, too
  const message: Mount | undefined = root.readOnly ? { ...root, readOnly: false, path: '/dev/termination-log', prefix: 'dev/termination-log', device: '/dev/vda1', type: 'ext4' } : undefined
  return [root, ...(message ? [message] : []), ...(spec?.volumeMounts ?? []).flatMap((mount) => volumeMount(view, mount) ?? [])]
}

function imageTree(view: ContainerView): Tree {
  const { sandbox, image } = view
  const { pod, ip = '127.0.0.1' } = sandbox
  const tree: Tree = new Map()
  for (const path of DIRECTORIES) tree.set(path, { kind: 'directory', time: 0, owner: 0, group: 0, mode: path === 'tmp' ? STICKY : 0o755 })
  const namespace = sandbox.namespace
  const { resolvConf } = view.surroundings.networkOf(pod ?? ({ metadata: { namespace }, spec: {} } as unknown as Pod), ip)
  const hostname = hostnameOf(sandbox)
  const aliases = (pod?.spec.hostAliases ?? []).map(({ ip: address, hostnames = [] }) => `${address}\t${hostnames.join('\t')}\n`).join('')
  const texts: Readonly<Record<string, string>> = {
    'etc/hostname': `${hostname}\n`,
    'etc/hosts': '# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\nfe00::0\tip6-mcastprefix\n'
      + `fe00::1\tip6-allnodes\nfe00::2\tip6-allrouters\n${ip}\t${hostname}\n${aliases === '' ? '' : `\n# Entries added by HostAliases.\n${aliases}`}`,
    'etc/resolv.conf': resolvConf,
    'etc/passwd': passwd(view).map((line) => `${line}\n`).join(''),
    'etc/group': 'root:x:0:\ndaemon:x:1:\nnobody:x:65534:\n',
    'dev/null': '', 'dev/termination-log': '',
  }
  for (const [path, text] of Object.entries(texts)) tree.set(path, fileOf(text, path === 'dev/termination-log' ? 0o666 : 0o644))
  if (image.page !== undefined) tree.set('usr/share/nginx/html/index.html', fileOf(image.page))
  for (const [path, text] of Object.entries(image.files ?? {})) tree.set(path.replace(/^\/+/, ''), fileOf(text, text.startsWith('#!') ? 0o755 : 0o644))
  return tree
}

function volumeMount(view: ContainerView, { name, mountPath, subPath = '', subPathExpr, readOnly = false }: VolumeMount): Mount | undefined {
  const { state, sandbox, surroundings } = view
  const { pod } = sandbox
  const volume = pod?.spec.volumes?.find((one) => one.name === name)
  if (!pod || !volume) return undefined
  const path = mountPath.replace(/\/+$/, '')
  const prefix = (subPathExpr === undefined ? subPath : expanded(subPathExpr, view.container.env ?? {})).replace(/^\/+|\/+$/g, '')
  const fsGroup = pod.spec.securityContext?.fsGroup
  const owned = fsGroup === undefined ? ROOT_DIRECTORY : { mode: 0o2775, owner: 0, group: fsGroup }
  const mounted = sandbox.volumes?.get(name)
  if (mounted !== undefined && comesFromApi(mounted)) {
    return { path, layers: [treeOf(mounted, pod, surroundings)], readOnly: true, prefix, directory: OPEN_DIRECTORY, device: 'tmpfs', type: 'tmpfs' }
  }
  if (mounted?.kind === 'network') {
    const tree = surroundings.networkVolume(mounted.id)
    const { type, id } = mounted
    return {
      path, layers: [tree], writable: () => tree, readOnly: readOnly || mounted.readOnly, prefix, directory: owned,
      device: type === 'nfs' ? id.slice('nfs/'.length) : '/dev/vdb', type,
    }
  }
  if (mounted !== undefined || volume.hostPath !== undefined) {
    const base = mounted?.path ?? diskPath(volume.hostPath?.path ?? '')
    return {
      path, layers: [state.disk], writable: () => state.disk, readOnly: readOnly || mounted?.readOnly === true,
      prefix: [base, prefix].filter((part) => part !== '').join('/'), directory: volume.hostPath ? ROOT_DIRECTORY : owned, device: '/dev/vda1', type: 'ext4',
    }
  }
  return emptyDirMount(view, volume, { path, prefix, readOnly, group: fsGroup ?? 0 })
}

/** emptyDir, and what else lives and dies with the pod (inline CSI volumes). */
function emptyDirMount(
  { sandbox }: ContainerView, { name, emptyDir }: Volume,
  { path, prefix, readOnly, group }: Pick<Mount, 'path' | 'prefix' | 'readOnly'> & { readonly group: number },
): Mount {
  const dirs = (sandbox.emptyDirs ??= new Map())
  const made = (): Tree => {
    const tree = dirs.get(name) ?? new Map()
    dirs.set(name, tree)
    return tree
  }
  const inMemory = emptyDir?.medium === 'Memory'
  return {
    path, layers: [made()], writable: made, readOnly, prefix, directory: { ...OPEN_DIRECTORY, group },
    device: inMemory ? 'tmpfs' : '/dev/vda1', type: inMemory ? 'tmpfs' : 'ext4',
    ...(inMemory && emptyDir?.sizeLimit !== undefined ? { limit: quantityValue(emptyDir.sizeLimit) } : {}),
  }
}
