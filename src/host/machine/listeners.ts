import { jobsOf } from './jobs.js'
import type { HostMachine } from './host-machine.js'

/** Where the programs of a control plane listen, as kubeadm's manifests say; '' is the machine's address. */
const LISTENERS = {
  etcd: [
    ['127.0.0.1', 2379],
    ['', 2379],
    ['', 2380],
    ['127.0.0.1', 2381],
  ],
  'kube-apiserver': [['*', 6443]],
  'kube-controller-manager': [['127.0.0.1', 10_257]],
  'kube-scheduler': [['127.0.0.1', 10_259]],
} as const

/** Returns what listens on a machine: the address, the port and the program. */
export function listeners(
  machine: HostMachine,
): readonly (readonly [address: string, port: number, program: string])[] {
  const found: (readonly [string, number, string])[] = [['0.0.0.0', 22, 'sshd']]
  for (const [name, { state }] of machine.state.components) {
    if (state !== 'running') continue
    for (const [address, port] of LISTENERS[name as keyof typeof LISTENERS] ?? [])
      found.push([address === '' ? machine.address : address, port, name])
  }
  if (machine.node !== undefined && machine.unit('kubelet')?.state === 'active')
    found.push(['127.0.0.1', 10_248, 'kubelet'], ['*', 10_250, 'kubelet'])
  for (const { ports } of jobsOf(machine))
    for (const port of ports) found.push(['127.0.0.1', port, 'kubectl'])
  if (machine.node !== undefined) found.push(['127.0.0.1', 10_249, 'kube-proxy'], ['*', 10_256, 'kube-proxy'])
  return found.toSorted(([, a], [, b]) => a - b)
}
