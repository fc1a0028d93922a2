import type { Pod } from '../../api/core/generated.js'
import type { Tree } from '../files/tree.js'
import { fileOf } from '../files/tree.js'
import type { MountFault } from '../pods/pod-volumes.js'
import { diskPath } from '../runtime/volumes.js'

/** Directories and files that every node has; the simulated disk holds only what pods have written. */
const DIRECTORIES = new Set([
  '',
  'dev',
  'etc',
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
  'root',
  'run',
  'run/containerd',
  'srv',
  'sys',
  'sys/fs/bpf',
  'sys/fs/cgroup',
  'tmp',
  'usr',
  'usr/share/ca-certificates',
  'var',
  'var/lib',
  'var/lib/etcd',
  'var/lib/containerd',
  'var/lib/kubelet',
  'var/lib/kubelet/pods',
  'var/lib/kubelet/plugins',
  'var/log',
  'var/log/containers',
  'var/log/pods',
  'var/run',
])
const FILES = new Set([
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
export function nodeFiles(node: string): Tree {
  const tree: Tree = new Map()
  tree.set('etc/hostname', fileOf(`${node}\n`))
  tree.set('etc/hosts', fileOf(`127.0.0.1\tlocalhost\n127.0.1.1\t${node}\n`))
  tree.set('tmp', { kind: 'directory', mode: 0o1777, owner: 0, group: 0, time: 0 })
  return tree
}

const SOCKETS = new Set(['run/containerd/containerd.sock', 'var/run/containerd/containerd.sock'])

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
  disk: Tree,
  used: ReadonlySet<string>,
  now: number,
): readonly MountFault[] {
  const faults: MountFault[] = []
  for (const { name, hostPath } of spec.volumes ?? []) {
    if (!hostPath || !used.has(name)) continue
    const { path, type = '' } = hostPath
    const key = diskPath(path)
    const found = kindOf(disk, key)
    if (type === 'DirectoryOrCreate' && found === undefined)
      disk.set(key, { kind: 'directory', mode: 0o755, owner: 0, group: 0, time: now })
    if (type === 'FileOrCreate' && found === undefined)
      disk.set(key, { kind: 'file', text: '', mode: 0o644, owner: 0, group: 0, time: now })
    const wanted = type === 'DirectoryOrCreate' ? 'Directory' : type === 'FileOrCreate' ? 'File' : type
    const kind = KINDS[wanted]
    if (kind === undefined || found === wanted || (found === undefined && type.endsWith('OrCreate'))) continue
    faults.push({ volume: name, message: `hostPath type check failed: ${path} is not ${kind}` })
  }
  return faults
}

function kindOf(disk: Tree, key: string): string | undefined {
  const entry = disk.get(key)
  if (entry?.kind === 'directory') return 'Directory'
  if (entry?.kind === 'file') return 'File'
  if (DIRECTORIES.has(key)) return 'Directory'
  if (FILES.has(key)) return 'File'
  if (SOCKETS.has(key)) return 'Socket'
  for (const path of disk.keys()) if (path.startsWith(`${key}/`)) return 'Directory'
  return undefined
}
