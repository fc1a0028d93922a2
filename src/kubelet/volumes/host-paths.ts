import { quote } from '../../lang/go/quote.js'
import type { Pod } from '../../api/core/generated.js'
import type { FileTree } from '../../shell/files/tree.js'
import { FileSystem } from '../../shell/files/file-system.js'
import { fileOf } from '../../shell/files/tree.js'
import type { MountFault } from '../pods/pod-volumes.js'
import { diskPath } from '../runtime/volumes.js'

/** Directories and files that every node has; the simulated disk holds only what pods have written. */
const DIRECTORIES = new Set([
  '',
  'bin',
  'boot',
  'dev',
  'dev/disk',
  'dev/mapper',
  'dev/net',
  'dev/shm',
  'etc',
  'etc/modprobe.d',
  'etc/systemd',
  'etc/systemd/system',
  'etc/udev',
  'etc/cni/net.d',
  'etc/kubernetes',
  'etc/kubernetes/manifests',
  'etc/kubernetes/pki',
  'etc/ssl/certs',
  'home',
  'lib',
  'lib/modules',
  'mnt',
  'opt',
  'opt/cni/bin',
  'proc',
  'proc/1',
  'proc/1/ns',
  'proc/sys',
  'proc/sys/kernel',
  'proc/sys/net',
  'proc/sys/net/ipv4',
  'proc/sys/net/ipv6',
  'proc/sys/vm',
  'root',
  'run',
  'run/containerd',
  'run/dbus',
  'run/lock',
  'run/netns',
  'run/systemd',
  'run/udev',
  'sbin',
  'srv',
  'sys',
  'sys/block',
  'sys/bus',
  'sys/class',
  'sys/devices',
  'sys/devices/system',
  'sys/devices/system/node',
  'sys/firmware',
  'sys/fs',
  'sys/fs/bpf',
  'sys/fs/cgroup',
  'sys/kernel',
  'sys/kernel/debug',
  'sys/kernel/security',
  'sys/kernel/tracing',
  'sys/module',
  'tmp',
  'usr',
  'usr/bin',
  'usr/lib',
  'usr/lib/modules',
  'usr/local',
  'usr/local/bin',
  'usr/sbin',
  'usr/share',
  'usr/share/ca-certificates',
  'usr/share/zoneinfo',
  'usr/src',
  'var',
  'var/cache',
  'var/lib',
  'var/lib/cni',
  'var/lib/etcd',
  'var/lib/containerd',
  'var/lib/kubelet',
  'var/lib/kubelet/device-plugins',
  'var/lib/kubelet/pod-resources',
  'var/lib/kubelet/pods',
  'var/lib/kubelet/plugins',
  'var/lib/kubelet/plugins_registry',
  'var/log',
  'var/log/journal',
  'var/log/containers',
  'var/log/pods',
  'var/run',
  'var/spool',
  'var/tmp',
])
const FILES = new Set([
  'etc/fstab',
  'etc/group',
  'etc/nsswitch.conf',
  'etc/timezone',
  'proc/cpuinfo',
  'proc/meminfo',
  'proc/mounts',
  'proc/version',
  'var/lib/kubelet/config.yaml',
  'etc/hostname',
  'etc/hosts',
  'etc/localtime',
  'etc/machine-id',
  'etc/os-release',
  'etc/passwd',
  'etc/resolv.conf',
  'etc/kubernetes/admin.conf',
  'etc/kubernetes/controller-manager.conf',
  'etc/kubernetes/kubelet.conf',
  'etc/kubernetes/scheduler.conf',
])
/**
 * Returns the files of a node that containers with a hostPath volume can read, below what pods have written
 * to its disk.
 */
export function nodeFiles(node: string): FileTree {
  const tree: FileTree = new Map()
  tree.set('etc/hostname', fileOf(`${node}\n`))
  tree.set('etc/hosts', fileOf(`127.0.0.1\tlocalhost\n127.0.1.1\t${node}\n`))
  tree.set('tmp', { kind: 'directory', mode: 0o1777, owner: 0, group: 0, time: 0 })
  return tree
}

const SOCKETS = new Set([
  'run/containerd/containerd.sock',
  'run/dbus/system_bus_socket',
  'var/lib/kubelet/pod-resources/kubelet.sock',
  'var/run/containerd/containerd.sock',
])
const CHARACTER_DEVICES = new Set(
  ['fuse', 'kmsg', 'net/tun', 'null', 'random', 'urandom', 'zero'].map((name) => `dev/${name}`),
)

/**
 * Error of a hostPath volume whose path is not of its type. Source: pkg/volume/hostpath checkTypeInternal.
 */
const KINDS: Readonly<Record<string, string>> = {
  Directory: 'a directory',
  File: 'a file',
  Socket: 'a socket file',
  CharDevice: 'a character device',
  BlockDevice: 'a block device',
}

/** Checks the types of a pod's hostPath volumes, and creates missing paths where the type demands it. */
export function hostPathFaults(
  { spec }: Pod,
  disk: FileTree,
  used: ReadonlySet<string>,
  now: number,
): readonly MountFault[] {
  const faults: MountFault[] = []
  for (const { name, hostPath } of spec.volumes ?? []) {
    if (!hostPath || !used.has(name)) continue
    const { path, type = '' } = hostPath
    const key = realDiskPath(disk, path)
    const found = kindOf(disk, key)
    if (type === 'DirectoryOrCreate' && found === undefined)
      disk.set(key, { kind: 'directory', mode: 0o755, owner: 0, group: 0, time: now })
    if (type === 'FileOrCreate' && found === undefined) disk.set(key, fileOf('', 0o644, now))
    const wanted = type === 'DirectoryOrCreate' ? 'Directory' : type === 'FileOrCreate' ? 'File' : type
    const kind = KINDS[wanted]
    if (kind === undefined || found === wanted || (found === undefined && type.endsWith('OrCreate'))) continue
    faults.push({ volume: name, message: `hostPath type check failed: ${path} is not ${kind}` })
  }
  return faults
}

/**
 * Returns why a local volume with files cannot be mounted: its directory has to be there. Source:
 * pkg/volume/local getGlobalLocalPath.
 */
export function localPathFault(path: string, disk: FileTree): string | undefined {
  const found = kindOf(disk, realDiskPath(disk, path))
  if (found === 'Directory') return undefined
  return found === undefined
    ? `path ${quote(path)} does not exist`
    : 'only directory and block device are supported'
}

/** Returns the key of a path on a machine's disk, at the end of the links that pods have made. */
export function realDiskPath(disk: FileTree, path: string): string {
  const directory = { mode: 0o755, owner: 0, group: 0 }
  const mount = { path: '', layers: [disk], readOnly: true, prefix: '', directory, device: '', type: '' }
  const files = new FileSystem([mount], { uid: 0, gid: 0, groups: [] }, () => 0)
  return diskPath(files.real(`/${diskPath(path)}`))
}

function kindOf(disk: FileTree, key: string): string | undefined {
  const entry = disk.get(key)
  if (entry?.kind === 'directory') return 'Directory'
  if (entry?.kind === 'file') return 'File'
  if (DIRECTORIES.has(key)) return 'Directory'
  if (FILES.has(key)) return 'File'
  if (SOCKETS.has(key)) return 'Socket'
  if (CHARACTER_DEVICES.has(key)) return 'CharDevice'
  for (const path of disk.keys()) if (path.startsWith(`${key}/`)) return 'Directory'
  return undefined
}
