import { containerCommand } from '../../kubelet/index.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { COMPONENTS } from '../../cluster/kubeadm/images.js'
import { readManifest } from '../control-plane/read-manifest.js'
import { lastStart } from '../control-plane/sync.js'
import { jobsOf } from './jobs.js'
import type { HostMachine } from './host-machine.js'

/** What a process belongs to: a service of systemd, a program of the control plane, or a container. */
export type ProcessOwner =
  | { readonly unit: string }
  | { readonly component: ComponentName }
  | { readonly uid: string; readonly container: string }
  | { readonly job: number }

/** A process of a machine. */
export interface MachineProcess {
  /** Absent for systemd itself and for a learner's own shell. */
  readonly owner?: ProcessOwner
  readonly pid: number
  readonly parent: number
  readonly user: string
  /** Virtual ms. */
  readonly started: number
  /** Program and arguments. */
  readonly command: string
  /** Cores: 0.25 is a quarter of one. */
  readonly cpu: number
  /** Bytes. */
  readonly memory: number
}

const MIB = 1024 * 1024

/** What the machine's own programs take, in MiB of memory and cores, when the cluster is small. */
const USUAL: Readonly<Record<string, readonly [memory: number, cpu: number]>> = {
  systemd: [12, 0],
  sshd: [8, 0],
  containerd: [60, 0.005],
  kubelet: [90, 0.02],
  etcd: [45, 0.02],
  'kube-apiserver': [280, 0.05],
  'kube-controller-manager': [110, 0.02],
  'kube-scheduler': [55, 0.005],
}

const KUBELET_FLAGS =
  '--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf ' +
  '--config=/var/lib/kubelet/config.yaml'

const CONTAINERD_PID = 655

/** When a machine was switched on, in virtual ms. */
export const bootedAt = ({ node, cluster }: HostMachine): number =>
  node?.machine.bootedAt ?? cluster.pki.config.created

/** The number that the process of a container has unless another has it. */
export const firstPid = (containerId: string): number =>
  2000 + (Number.parseInt(containerId.slice(0, 6), 16) % 60_000)

/**
 * Returns the processes of a machine by their number: systemd and its services, the control plane's programs,
 * and the first process of each container.
 */
export function processesOn(machine: HostMachine): readonly MachineProcess[] {
  const { state } = machine
  const boot = bootedAt(machine)
  const found: MachineProcess[] = []
  const containerd = machine.unit('containerd')
  const taken = new Set([1, containerd?.pid ?? CONTAINERD_PID])
  const add = (pid: number, name: string, command: string, more: Partial<MachineProcess> = {}): void => {
    const [memory = 8, cpu = 0] = USUAL[name] ?? []
    found.push({ pid, parent: 1, user: 'root', started: boot, command, cpu, memory: memory * MIB, ...more })
  }
  /** A number that the same container always has. */
  const pidOf = (id: string): number => {
    let pid = firstPid(id)
    while (taken.has(pid)) pid++
    taken.add(pid)
    return pid
  }
  add(1, 'systemd', '/sbin/init', { parent: 0 })
  add(701, 'sshd', 'sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups', { owner: { unit: 'ssh' } })
  if (containerd?.state === 'active')
    add(containerd.pid, 'containerd', '/usr/bin/containerd', {
      started: Math.max(boot, containerd.since),
      owner: { unit: 'containerd' },
    })
  const kubelet = machine.unit('kubelet')
  if (kubelet?.state === 'active') {
    const text = machine.files.text('/var/lib/kubelet/kubeadm-flags.env') ?? ''
    const [, more = ''] = /KUBELET_KUBEADM_ARGS="([^"]*)"/.exec(text) ?? []
    taken.add(kubelet.pid)
    add(kubelet.pid, 'kubelet', `/usr/bin/kubelet ${KUBELET_FLAGS} ${more}`.trimEnd(), {
      started: Math.max(boot, kubelet.since),
      owner: { unit: 'kubelet' },
    })
  }
  for (const [name, component] of state.components) {
    if (component.state !== 'running') continue
    const manifest = readManifest(component.manifest)
    const command = typeof manifest === 'string' ? name : manifest.command.join(' ')
    const started = Math.max(boot, lastStart(component, machine.cluster.now()))
    add(pidOf(component.id), name, command, {
      parent: CONTAINERD_PID,
      started,
      owner: { component: name as ComponentName },
    })
  }
  addContainers(machine, pidOf, found)
  for (const { pid, started, words } of jobsOf(machine))
    add(pid, words[0] ?? '', words.join(' '), { started, owner: { job: pid } })
  return found.toSorted((a, b) => a.pid - b.pid)
}

/** What an image of which nothing is known is taken to run: a program of its name. */
const programOf = (image: string): string => image.split('/').at(-1)?.split(/[:@]/)[0] ?? image

/** Adds the first process of each container. */
function addContainers(machine: HostMachine, pidOf: (id: string) => number, found: MachineProcess[]): void {
  const runtime = machine.node?.machine
  for (const pod of runtime?.pods() ?? []) {
    if (machine.isControlPlane && COMPONENTS.some((name) => pod.name === `${name}-${machine.name}`)) continue
    const { spec } = pod.pod ?? {}
    const usage = runtime?.usage(pod.uid)
    for (const { id, name, image, state, env = {}, startedAt = 0 } of pod.containers) {
      if (state !== 'running') continue
      const given = [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])].find(
        (each) => each.name === name,
      )
      const facts = runtime?.imageFacts(image) ?? { isKnown: false }
      const { cmd = [], entrypoint = cmd.length === 0 ? [programOf(image)] : [] } = facts
      const { words } = containerCommand(given ?? {}, { ...facts, entrypoint })
      const uid = given?.securityContext?.runAsUser ?? spec?.securityContext?.runAsUser ?? 0
      const { cpu = 0, memory = 0 } = usage?.get(name) ?? {}
      found.push({
        pid: pidOf(id),
        parent: CONTAINERD_PID,
        user: uid === 0 ? 'root' : String(uid),
        started: startedAt,
        owner: { uid: pod.uid, container: name },
        command: words
          .map((word) => word.replaceAll(/\$\((\w+)\)/g, (whole, key: string) => env[key] ?? whole))
          .join(' '),
        cpu,
        memory,
      })
    }
  }
}

/** The program's name, without its folder and arguments. */
export const programName = ({ command }: MachineProcess): string =>
  (command.split(' ')[0] ?? '').replace(/^.*\//, '').replace(/[-:]$/, '').replace(/^-/, '')

/** The program's name as the kernel keeps it: 15 characters. */
export const shortName = (process: MachineProcess): string => programName(process).slice(0, 15)
