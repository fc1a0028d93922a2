import type { Hosts } from './host-machine.js'

/**
 * What Go's net package says of a connection to `host:port` that fails, as kubeadm and kubelets print it;
 * undefined when the apiserver answers there.
 */
export function dialFault(hosts: Hosts, endpoint: string): string | undefined {
  const [, host = '', port = '6443'] = /^(?:https:\/\/)?(\[[^\]]*\]|[^:/]+)(?::(\d+))?/.exec(endpoint) ?? []
  const { controlPlane, cluster } = hosts
  const { advertiseAddress, controlPlaneEndpoint = '' } = cluster.pki.config
  const own =
    controlPlane === undefined
      ? undefined
      : [
          controlPlane.name,
          controlPlane.address,
          hostOf(advertiseAddress),
          ...(controlPlaneEndpoint === '' ? [] : [hostOf(controlPlaneEndpoint)]),
        ]
  const machine = hosts
    .names()
    .map((name) => hosts.machine(name))
    .find(({ name, address }) => name === host || address === host)
  const address = machine?.address ?? (own?.includes(host) === true ? controlPlane?.address : undefined)
  if (address === undefined)
    return /^[\d.[\]:a-f]+$/.test(host)
      ? 'context deadline exceeded'
      : `dial tcp: lookup ${host} on 127.0.0.53:53: no such host`
  if (machine?.powered === false) return `dial tcp ${address}:${port}: connect: no route to host`
  const isServed = own?.includes(host) === true && port === (/:(\d+)$/.exec(advertiseAddress)?.[1] ?? '6443')
  const isUp = controlPlane?.state.components.get('kube-apiserver')?.state === 'running'
  return isServed && isUp ? undefined : `dial tcp ${address}:${port}: connect: connection refused`
}

const hostOf = (address: string): string => address.replace(/:\d+$/, '')
