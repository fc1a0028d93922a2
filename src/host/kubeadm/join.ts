import { quote } from '../../lang/go/quote.js'
import { parseYamlText } from '../../lang/yaml/read.js'
import { ConnectionError, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { PKI_DIR, detachedSignature, kubeconfigText, parseCertificates } from '../../pki/index.js'
import type { CommandCall, CommandOutput } from '../commands/command.js'
import { readOptions } from '../commands/command.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import type { HostMachine } from '../machine/host-machine.js'
import { becomeNode } from '../machine/membership.js'
import { BOOTSTRAP_CONFIG, startKubelet, stopKubelet } from '../machine/sync-node.js'
import { bootstrapKubelet, dialFault } from '../machine/tls-bootstrap.js'
import type { JoinConfiguration } from './config.js'
import { VALUED, joinConfiguration } from './config.js'
import { writeKubeletFiles } from './init-phases.js'
import { kubeletConfigName } from './objects.js'
import { joinChecks, runChecks } from './preflight.js'
import type { Printer } from './texts.js'
import { KubeadmError, printing } from './texts.js'
import { TOKEN_FORM, publicKeyPin } from './token.js'

/** timeouts.tlsBootstrap */
const TLS_BOOTSTRAP = 300_000

const JOINED = `
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.
`

/** `kubeadm join`: makes a machine a worker. Source: cmd/kubeadm/app/cmd/join.go. */
export function join({ args, machine, path }: CommandCall): CommandOutput {
  return printing((printer) => {
    const options = readOptions(args, VALUED)
    const asked = joinConfiguration(machine, options, path)
    if (asked.isControlPlane)
      throw new KubeadmError('a second control plane is not simulated: kubeadm join makes workers')
    if ((options.get('node-name') ?? machine.name) !== machine.name)
      throw new KubeadmError(
        'a simulated machine cannot be called otherwise as a node: its hostname is ' +
          `${quote(machine.name)}`,
      )
    validateDiscovery(asked)
    printer.out('[preflight] Running pre-flight checks')
    runChecks(machine, joinChecks(machine), asked.ignored, printer)
    const found = discover(machine, asked)
    const client = bootstrapClient(machine, asked)
    const minor = readConfiguration(machine, client, printer)
    startWithToken(machine, client, { asked, found, minor, printer })
    waitForNode(machine, printer, minor)
    printer.out(JOINED)
  })
}

function bootstrapClient({ cluster }: HostMachine, { bootstrapToken = '' }: JoinConfiguration): Client {
  const { user } = cluster.http.identify({ headers: { authorization: `Bearer ${bootstrapToken}` } })
  if (user === undefined)
    throw new KubeadmError(
      'error execution phase preflight: unable to fetch the kubeadm-config ConfigMap: failed to get ' +
        'config map: Unauthorized',
    )
  return cluster.as({ user: user.name, groups: user.groups ?? [] })
}

/** Reads the cluster's configuration with the bootstrap token. Returns its minor. */
function readConfiguration(machine: HostMachine, client: Client, { out }: Printer): number {
  out('[preflight] Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...')
  out("[preflight] Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it.")
  const read = (name: string): string => {
    try {
      return Object.values(client.get('configmaps', { namespace: 'kube-system', name }).data ?? {})[0] ?? ''
    } catch (error) {
      if (!isApiError(error) && !(error instanceof ConnectionError)) throw error
      throw new KubeadmError(
        'error execution phase preflight: unable to fetch the kubeadm-config ConfigMap: failed to get ' +
          `config map: ${error.message}`,
      )
    }
  }
  const { kubernetesVersion } = parseYamlText(read('kubeadm-config')) as { kubernetesVersion: string }
  const minor = minorOf(kubernetesVersion)
  read(kubeletConfigName(minor))
  const tool = machine.state.packages.get('kubeadm')?.version ?? ''
  const oldest = minorOf(tool) - 1
  if (minor < oldest)
    throw new KubeadmError(
      'error execution phase preflight: this version of kubeadm only supports deploying clusters with ' +
        `the control plane version >= 1.${oldest}.0. Current version: ${kubernetesVersion}`,
    )
  return minor
}

interface Start {
  readonly asked: JoinConfiguration
  readonly found: DiscoveredCluster
  readonly minor: number
  readonly printer: Printer
}

function startWithToken(
  machine: HostMachine,
  client: Client,
  { asked, found, minor, printer: { out } }: Start,
): void {
  const { files, name } = machine
  files.put(
    BOOTSTRAP_CONFIG,
    kubeconfigText({
      server: found.server,
      authority: found.authority,
      user: 'tls-bootstrap-token-user',
      credential: { token: asked.bootstrapToken ?? '' },
    }),
    0o600,
  )
  if (files.stat(`${PKI_DIR}/ca.crt`) === undefined) files.put(`${PKI_DIR}/ca.crt`, found.authority, 0o644)
  try {
    const node = client.get('nodes', { name })
    if (node.status.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true) {
      files.remove(BOOTSTRAP_CONFIG)
      throw new KubeadmError(
        `error execution phase kubelet-start: a Node with name ${quote(name)} and status ` +
          '"Ready" already exists in the cluster. You must delete the existing Node or change the name ' +
          'of this new joining Node',
      )
    }
  } catch (error) {
    if (error instanceof KubeadmError) throw error
    if (!isApiError(error, 'NotFound') && minor >= 18) {
      files.remove(BOOTSTRAP_CONFIG)
      throw new KubeadmError(
        `error execution phase kubelet-start: cannot get Node ${quote(name)}: ` +
          `${error instanceof Error ? error.message : ''}`,
      )
    }
  }
  stopKubelet(machine)
  if (minor >= 34)
    out('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/instance-config.yaml"')
  out('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"')
  out(
    '[kubelet-start] Writing kubelet environment file with flags to file ' +
      '"/var/lib/kubelet/kubeadm-flags.env"',
  )
  writeKubeletFiles(machine, minor)
  out(`[kubelet-start] ${minor < 18 ? 'Activating the kubelet service' : 'Starting the kubelet'}`)
  startKubelet(machine)
}

function waitForNode(machine: HostMachine, { out }: Printer, minor: number): void {
  const { files, cluster } = machine
  if (minor >= 31)
    out(
      '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take ' +
        'up to 4m0s',
    )
  cluster.advance(501)
  if (minor >= 31) out('[kubelet-check] The kubelet is healthy after 501ms')
  out(
    `[${minor < 16 ? 'tlsbootstrap' : 'kubelet-start'}] Waiting for the kubelet to perform the TLS ` +
      `Bootstrap${minor >= 28 ? '' : '...'}`,
  )
  const isDone = bootstrapKubelet(machine, TLS_BOOTSTRAP)
  files.remove(BOOTSTRAP_CONFIG)
  if (!isDone) {
    const why = minor >= 27 ? 'context deadline exceeded' : 'timed out waiting for the condition'
    out(`
Unfortunately, an error has occurred:
	${why}

This error is likely caused by:
	- The kubelet is not running
	- The kubelet is unhealthy due to a misconfiguration of the node in some way (required cgroups disabled)

If you are on a systemd-powered system, you can try to troubleshoot the error with the following commands:
	- 'systemctl status kubelet'
	- 'journalctl -xeu kubelet'
`)
    throw new KubeadmError(
      `error execution phase ${minor >= 33 ? 'kubelet-wait-bootstrap' : 'kubelet-start'}: ${why}`,
    )
  }
  becomeNode(machine)
  cluster.advance('2s')
}

/** timeouts.discovery */
const LONGEST = 300_000
const INTERVAL = 5_000
const PIN = /^sha256:[0-9a-fA-F]{64}$/

/** What a machine has learnt about the cluster that it joins. */
export interface DiscoveredCluster {
  /** `https://10.0.0.10:6443` */
  readonly server: string
  /** PEM. */
  readonly authority: string
}

/** Checks the discovery flags of `kubeadm join`. @throws KubeadmError */
function validateDiscovery({ endpoint, token, hashes, skipsVerification }: JoinConfiguration): {
  readonly endpoint: string
  readonly token: string
} {
  const faults: string[] = []
  if (endpoint === undefined)
    throw new KubeadmError('discovery: Invalid value: "": bootstrapToken or file must be set')
  if (!/^(?:\[[^\]]+\]|[^:/\s]+):\d+$/.test(endpoint))
    faults.push(
      `discovery.bootstrapToken.apiServerEndpoint: Invalid value: ${quote(endpoint)}: ` +
        `address ${endpoint}: missing port in address`,
    )
  if (token === undefined)
    faults.push(
      'discovery.bootstrapToken.token: Invalid value: "": the bootstrap token is invalid',
      'discovery.tlsBootstrapToken: Invalid value: "": the bootstrap token is invalid',
    )
  else if (!TOKEN_FORM.test(token))
    faults.push(
      `discovery.bootstrapToken.token: Invalid value: ${quote(token)}: the bootstrap token is invalid`,
      `discovery.tlsBootstrapToken: Invalid value: ${quote(token)}: the bootstrap token is invalid`,
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
 * Finds out which authority to trust: reads `cluster-info` anonymously, checks its signature with the token,
 * and the authority's public key against the pins. Waits up to five minutes of virtual time for the apiserver
 * and the signature. Source: app/discovery/token/token.go. @throws KubeadmError
 */
function discover(machine: HostMachine, asked: JoinConfiguration): DiscoveredCluster {
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
            ? `invalid hash ${quote(bad)}, expected a 32 byte SHA-256 hash, found ` +
              `${Math.floor((bad.length - 7) / 2)} bytes`
            : 'invalid hash, expected "format:value"'
        }`,
    )
  const { kubeconfig = '' } = data
  if (detachedSignature(kubeconfig, id, secret) !== data[`jws-kubeconfig-${id}`])
    throw untrusted(
      "failed to verify JWS signature of received cluster info object, can't trust this API Server",
    )
  const { clusters } = parseYamlText(kubeconfig) as {
    clusters: readonly { cluster: { server: string; 'certificate-authority-data': string } }[]
  }
  const cluster = clusters[0]?.cluster
  if (cluster === undefined) throw untrusted('malformed kubeconfig in the cluster-info ConfigMap')
  const authority = atob(cluster['certificate-authority-data'])
  const pin = parseCertificates(authority).length === 0 ? '' : publicKeyPin(authority)
  if (asked.hashes.length > 0 && !asked.hashes.some((hash) => hash.toLowerCase() === pin))
    throw untrusted(
      'cluster CA found in cluster-info ConfigMap is invalid: none of the public keys ' +
        `${quote(pin)} are pinned`,
    )
  return { server: cluster.server, authority }
}

/**
 * Returns the data of `cluster-info` with the signature for a token, or a text that says why it is
 * unavailable.
 */
function clusterInfo(
  machine: HostMachine,
  endpoint: string,
  id: string,
): Readonly<Record<string, string>> | string {
  const path = '/api/v1/namespaces/kube-public/configmaps/cluster-info'
  const failed = (why: string): string => `failed to request the cluster-info ConfigMap: ${why}`
  const fault = dialFault(machine.hosts, endpoint)
  if (fault !== undefined) return failed(`Get "https://${endpoint}${path}?timeout=10s": ${fault}`)
  const response = machine.cluster.http.handle({ method: 'GET', path })
  if (!('body' in response)) return failed('unexpected response')
  const body = JSON.parse(
    typeof response.body === 'string' ? response.body : new TextDecoder().decode(response.body),
  ) as { message?: string; data?: Record<string, string> }
  if (response.code !== 200) return failed(body.message ?? '')
  return body.data?.[`jws-kubeconfig-${id}`] === undefined
    ? `could not find a JWS signature in the cluster-info ConfigMap for token ID ${quote(id)}`
    : body.data
}
