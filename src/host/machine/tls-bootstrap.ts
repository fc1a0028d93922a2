import { parseYamlText } from '../../lang/yaml/read.js'
import type { CertificateSigningRequest } from '../../api/certificates/generated.js'
import { isApiError } from '../../client/api-error.js'
import { stableHex } from '../../kubelet/stable-hex.js'
import { createRequest, kubeconfigText } from '../../pki/index.js'
import { privateKeyPem } from '../../pki/crypto/rsa.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { HostMachine, Hosts } from './host-machine.js'
import { BOOTSTRAP_CONFIG } from './sync-node.js'
import { parseIp } from '../../lang/go/ip.js'
import { endpointHost, endpointPort, joinHostPort } from '../../lang/go/host-port.js'

const FOLDER = '/var/lib/kubelet/pki'
const CONFIG = '/etc/kubernetes/kubelet.conf'
const SIGNER = 'kubernetes.io/kube-apiserver-client-kubelet'

interface BootstrapConfig {
  readonly server: string
  readonly authority: string
  readonly token: string
}

/**
 * Bootstraps a kubelet that has a bootstrap token but no certificate: requests one, waits until it is
 * approved and signed, and writes it with its kubeconfig. `timeout` in virtual ms. Returns whether it
 * succeeded; its log says why not. Source: pkg/kubelet/certificate/bootstrap/bootstrap.go.
 */
export function bootstrapKubelet(machine: HostMachine, timeout: number): boolean {
  const config = readConfig(machine.files.text(BOOTSTRAP_CONFIG) ?? '')
  const { hosts } = machine
  const { cluster } = hosts
  const deadline = cluster.now() + timeout
  let asked: string | undefined
  if (config === undefined) return false
  for (;;) {
    const fault = dialFault(hosts, config.server)
    if (fault === undefined) {
      asked ??= sendRequest(machine, config)
      if (asked !== undefined && received(machine, config, asked)) return true
    } else
      machine.log(
        'kubelet',
        'E',
        'bootstrap.go:226',
        '"Failed to request signed certificate from the kube-apiserver" err="cannot create ' +
          'certificate signing request: Post ' +
          `\\"${config.server}/apis/certificates.k8s.io/v1/certificatesigningrequests\\": ${fault}"`,
      )
    if (cluster.now() >= deadline) return false
    cluster.advance(Math.min(5_000, deadline - cluster.now()))
    hosts.sync()
  }
}

function readConfig(text: string): BootstrapConfig | undefined {
  const config = parseYamlText(text) as {
    clusters?: readonly { cluster: { server: string; 'certificate-authority-data': string } }[]
    users?: readonly { user: { token?: string } }[]
  } | null
  const cluster = config?.clusters?.[0]?.cluster
  const token = config?.users?.[0]?.user.token
  return cluster === undefined || token === undefined
    ? undefined
    : { server: cluster.server, authority: atob(cluster['certificate-authority-data']), token }
}

const keyOf = ({ cluster, name, state }: HostMachine): ReturnType<HostMachine['cluster']['pki']['key']> =>
  cluster.pki.key(`${name}/kubelet-client/${state.units.get('kubelet')?.since ?? 0}`)

/** Sends the request. Returns its name. */
function sendRequest(machine: HostMachine, { token }: BootstrapConfig): string | undefined {
  const { cluster, name, hosts } = machine
  const { user } = cluster.http.identify({ headers: { authorization: `Bearer ${token}` } })
  const say = (why: string): void =>
    machine.log(
      'kubelet',
      'E',
      'bootstrap.go:226',
      '"Failed to request signed certificate from the kube-apiserver" ' +
        `err=${JSON.stringify(`cannot create certificate signing request: ${why}`)}`,
    )
  if (user === undefined) {
    say('Unauthorized')
    return undefined
  }
  const request = createRequest(
    { commonName: `system:node:${name}`, organizations: ['system:nodes'] },
    keyOf(machine),
  )
  const csr = `node-csr-${stableHex(request, 43)}`
  const spec = {
    request: btoa(request),
    usages: ['digital signature', 'key encipherment', 'client auth'],
    ...(minorOf(hosts.version) < 18 ? {} : { signerName: SIGNER }),
  }
  try {
    cluster
      .as({ user: user.name, groups: user.groups ?? [] })
      .create('certificatesigningrequests', { metadata: { name: csr }, spec } as never)
  } catch (error) {
    if (!isApiError(error)) throw error
    if (error.reason !== 'AlreadyExists') {
      say(error.message)
      return undefined
    }
  }
  return csr
}

function received(machine: HostMachine, { server, authority }: BootstrapConfig, name: string): boolean {
  const { cluster } = machine
  const find = (): CertificateSigningRequest | undefined =>
    cluster.state.peek('certificatesigningrequests', { fieldSelector: `metadata.name=${name}` })[0] as
      | CertificateSigningRequest
      | undefined
  cluster.internals.until(() => find()?.status?.certificate !== undefined, '10s')
  const signed = find()?.status?.certificate
  if (signed === undefined) return false
  const pem = atob(signed) + privateKeyPem(keyOf(machine))
  const stamp = new Date(cluster.now()).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')
  machine.files.put(`${FOLDER}/kubelet-client-${stamp}.pem`, pem, 0o600)
  machine.files.put(`${FOLDER}/kubelet-client-current.pem`, pem, 0o600)
  machine.files.put(
    CONFIG,
    kubeconfigText({
      cluster: 'default-cluster',
      server,
      authority,
      user: 'default-auth',
      credential: { file: `${FOLDER}/kubelet-client-current.pem` },
    }),
    0o600,
  )
  return true
}

/**
 * Returns the error of Go's net package for a connection to `host:port`, as kubeadm and kubelets print it;
 * undefined if the apiserver accepts it.
 */
export function dialFault(hosts: Hosts, endpoint: string): string | undefined {
  const authority = endpoint.replace(/^https:\/\//, '').split('/')[0] ?? ''
  const host = endpointHost(authority)
  const port = endpointPort(authority) ?? '6443'
  const { controlPlane, cluster } = hosts
  const { advertiseAddress, controlPlaneEndpoint = '' } = cluster.pki.config
  const own =
    controlPlane === undefined
      ? undefined
      : [
          controlPlane.name,
          controlPlane.address,
          endpointHost(advertiseAddress),
          ...(controlPlaneEndpoint === '' ? [] : [endpointHost(controlPlaneEndpoint)]),
        ]
  const machine = hosts
    .names()
    .map((name) => hosts.machine(name))
    .find(({ name, address }) => name === host || address === host)
  const address = machine?.address ?? (own?.includes(host) === true ? controlPlane?.address : undefined)
  if (address === undefined)
    return parseIp(host) !== undefined
      ? 'context deadline exceeded'
      : `dial tcp: lookup ${host} on 127.0.0.53:53: no such host`
  if (machine?.powered === false) return `dial tcp ${joinHostPort(address, port)}: connect: no route to host`
  const isServed = own?.includes(host) === true && port === (endpointPort(advertiseAddress) ?? '6443')
  const isUp = controlPlane?.state.components.get('kube-apiserver')?.state === 'running'
  return isServed && isUp ? undefined : `dial tcp ${joinHostPort(address, port)}: connect: connection refused`
}
