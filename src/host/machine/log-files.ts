import type { FileTree } from '../../shell/files/tree.js'
import { fileOf } from '../../shell/files/tree.js'
import { containersOf, type HostContainer } from './containers.js'
import type { HostMachine } from './host-machine.js'

/**
 * The logs of a machine's containers as the runtime writes them: in /var/log/pods, a folder for each pod and
 * container, and in /var/log/containers, where a real machine has links to them. Source:
 * pkg/kubelet/kuberuntime/helpers.go BuildContainerLogsDirectory, legacy.go.
 */
export function logFiles(machine: HostMachine): FileTree {
  const tree: FileTree = new Map()
  for (const container of containersOf(machine)) {
    const { namespace, pod, name, attempt, id, createdAt, podId, uid = podId } = container
    const folder = `var/log/pods/${namespace}_${pod}_${uid}`
    const parts = [folder, `${folder}/${name}`]
    for (const path of parts)
      tree.set(path, { kind: 'directory', mode: 0o755, owner: 0, group: 0, time: createdAt })
    const file = fileOf(() => criText(container), 0o640, createdAt)
    tree.set(`${folder}/${name}/${attempt}.log`, file)
    tree.set(`var/log/containers/${pod}_${namespace}_${name}-${id}.log`, file)
  }
  return tree
}

/**
 * The lines of a container as the runtime writes them: time, stream, `F` for a whole line or `P` for a part.
 * Source: containerd internal/cri/io/logger.go.
 */
const criText = (container: HostContainer): string =>
  container
    .lines()
    .map(({ at, stream, text }) => {
      const time = new Date(at).toISOString().replace('Z', '000000Z')
      const isWhole = text.endsWith('\n')
      return `${time} ${stream} ${isWhole ? 'F' : 'P'} ${isWhole ? text : `${text}\n`}`
    })
    .join('')
