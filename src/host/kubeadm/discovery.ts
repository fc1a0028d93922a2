import { parse } from 'yaml'
import { detachedSignature, parseCertificates } from '../../pki/index.js'
import { dialFault } from '../machine/endpoint.js'
import type { HostMachine } from '../machine/host-machine.js'
import type { JoinConfiguration } from './config.js'
import { KubeadmError } from './texts.js'
import { publicKeyPin, TOKEN_FORM } from './token.js'

/** timeouts.discovery, and how often it is tried. */
const LONGEST = 300_000
const INTERVAL = 5_000
const PIN = /^sha256:[0-9a-fA-F]{64}$/

/** What a machine has learnt of the cluster that it is to join. */
export interface Discovered {
  /** `https://10.0.0.10:6443` */
  readonly server: string
  /** PEM. */
  readonly authority: string
}

/** Looks at what `kubeadm join` was asked for. @throws KubeadmError */
export function validateDiscovery({ endpoint, token, hashes, skipsVerification }: JoinConfiguration): {
  readonly endpoint: string
  readonly token: string
} {
  const faults: string[] = []
  if (endpoint === undefined)
    throw new KubeadmError('discovery: Invalid value: "": bootstrapToken or file must be set')
  if (!/^(?:\[[^\]]+\]|[^:/\s]+):\d+$/.test(endpoint))
    faults.push(
      `discovery.bootstrapToken.apiServerEndpoint: Invalid value: ${JSON.stringify(endpoint)}: ` +
        `address ${endpoint}: missing port in address`,
    )
  if (token === undefined)
    faults.push(
      'discovery.bootstrapToken.token: Invalid value: "": the bootstrap token is invalid',
      'discovery.tlsBootstrapToken: Invalid value: "": the bootstrap token is invalid',
    )
  else if (!TOKEN_FORM.test(token))
    faults.push(
      `discovery.bootstrapToken.token: Invalid value: ${JSON.stringify(token)}: the bootstrap token ` +
        'is invalid',
      `discovery.tlsBootstrapToken: Invalid value: ${JSON.stringify(token)}: the bootstrap token is invalid`,
    )
  if (hashes.length === 0 && !skipsVerification) {
    faults.push(
      'discovery.bootstrapToken.caCertHashes: Invalid value: "": using token-based discovery without ' +
        'caCertHashes can be unsafe. Set unsafeSkipCAVerification as true in your kubeadm config file or ' +
        'pass --discovery-token-unsafe-skip-ca-verification flag to continue',
    )
  }
  if (faults.length > 0)
    throw new KubeadmError(faults.length === 1 ? (faults[0] ?? '') : `[${faults.join(', ')}]`)
  return { endpoint, token: token ?? '' }
}

/**
 * Finds out whom a machine is to trust: reads `cluster-info` as nobody in particular, checks its signature
 * with the token, and the authority's public key with the pins. Waits up to five minutes of virtual time for
 * the apiserver and the signature. Source: app/discovery/token/token.go. @throws KubeadmError
 */
export function discover(machine: HostMachine, asked: JoinConfiguration): Discovered {
  const { endpoint, token } = validateDiscovery(asked)
  const [id = '', secret = ''] = token.split('.')
  const untrusted = (why: string): KubeadmError =>
    new KubeadmError(
      `error execution phase preflight: couldn't validate the identity of the API Server: ${why}`,
    )
  const deadline = machine.cluster.now() + LONGEST
  let data = clusterInfo(machine, endpoint, id)
  while (typeof data === 'string' && machine.cluster.now() < deadline) {
    machine.cluster.advance(INTERVAL)
    machine.hosts.sync()
    data = clusterInfo(machine, endpoint, id)
  }
  if (typeof data === 'string') throw untrusted(data)
  const bad = asked.hashes.find((hash) => !PIN.test(hash))
  if (bad !== undefined)
    throw untrusted(
      'invalid discovery token CA certificate hash: ' +
        `${
          bad.startsWith('sha256:')
            ? `invalid hash ${JSON.stringify(bad)}, expected a 32 byte SHA-256 hash, found ` +
              `${Math.floor((bad.length - 7) / 2)} bytes`
            : 'invalid hash, expected "format:value"'
        }`,
    )
  const { kubeconfig = '' } = data
  if (detachedSignature(kubeconfig, id, secret) !== data[`jws-kubeconfig-${id}`])
    throw untrusted(
      "failed to verify JWS signature of received cluster info object, can't trust this API Server",
    )
  const { clusters } = parse(kubeconfig) as {
    clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[]
  }
  const cluster = clusters[0]?.cluster
  if (cluster === undefined) throw untrusted('malformed kubeconfig in the cluster-info ConfigMap')
  const authority = atob(cluster['certificate-authority-data'])
  const pin = parseCertificates(authority).length === 0 ? '' : publicKeyPin(authority)
  if (asked.hashes.length > 0 && !asked.hashes.some((hash) => hash.toLowerCase() === pin))
    throw untrusted(
      'cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ' +
        `${JSON.stringify(pin)} are pinned`,
    )
  return { server: cluster.server, authority }
}

/** The data of `cluster-info` with the signature for a token; a text says why it is not to be had. */
function clusterInfo(
  machine: HostMachine,
  endpoint: string,
  id: string,
): Readonly<Record<string, string>> | string {
  const path = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
  const failed = (why: string): string => `failed to request the cluster-info ConfigMap: ${why}`
  const fault = dialFault(machine.hosts, endpoint)
  if (fault !== undefined) return failed(`Get "https://${endpoint}${path}?timeout=10s": ${fault}`)
  const answer = machine.cluster.http.handle({ method: 'GET', path })
  if (!('body' in answer)) return failed('unexpected answer')
  const body = JSON.parse(
    typeof answer.body === 'string' ? answer.body : new TextDecoder().decode(answer.body),
  ) as { message?: string; data?: Record<string, string> }
  if (answer.code !== 200) return failed(body.message ?? '')
  return body.data?.[`jws-kubeconfig-${id}`] === undefined
    ? `could not find a JWS signature in the cluster-info ConfigMap for token ID ${JSON.stringify(id)}`
    : body.data
}
