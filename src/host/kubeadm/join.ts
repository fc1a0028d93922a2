import { parse } from 'yaml'
import { ConnectionError, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import { kubeconfigText, PKI_DIR } from '../../pki/index.js'
import type { CommandCall, CommandOutput } from '../commands/command.js'
import { readOptions } from '../commands/command.js'
import { minorOf } from '../control-plane/images.js'
import type { HostMachine } from '../machine/host-machine.js'
import { becomeNode } from '../machine/membership.js'
import { BOOTSTRAP_CONFIG, startKubelet, stopKubelet } from '../machine/sync-node.js'
import { bootstrapKubelet } from '../machine/tls-bootstrap.js'
import { joinConfiguration, VALUED } from './config.js'
import type { JoinConfiguration } from './config.js'
import type { Discovered } from './discovery.js'
import { discover, validateDiscovery } from './discovery.js'
import { writeKubeletFiles } from './init.js'
import { kubeletConfigName } from './kubelet-config-name.js'
import { joinChecks, runChecks } from './preflight.js'
import type { Printer } from './texts.js'
import { KubeadmError, printing } from './texts.js'

/** timeouts.tlsBootstrap */
const TLS_BOOTSTRAP = 300_000

const JOINED = `
This node has joined the cluster:
* Certificate signing request was sent to apiserver and a response was received.
* The Kubelet was informed of the new secure connection details.

Run 'kubectl get nodes' on the control-plane to see this node join the cluster.
`

/** `kubeadm join`: makes a worker of a machine. Source: cmd/kubeadm/app/cmd/join.go. */
export function join({ args, machine, path }: CommandCall): CommandOutput {
  return printing((printer) => {
    const options = readOptions(args, VALUED)
    const asked = joinConfiguration(machine, options, path)
    if (asked.isControlPlane)
      throw new KubeadmError('a second control plane is not simulated: kubeadm join makes workers')
    if ((options.get('node-name') ?? machine.name) !== machine.name)
      throw new KubeadmError(
        'a simulated machine cannot be called otherwise as a node: its hostname is ' +
          `${JSON.stringify(machine.name)}`,
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

/** Reads what the cluster is like, as the bootstrap token; answers its minor. */
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
  const { kubernetesVersion } = parse(read('kubeadm-config')) as { kubernetesVersion: string }
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
  readonly found: Discovered
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
        `error execution phase kubelet-start: a Node with name ${JSON.stringify(name)} and status ` +
          '"Ready" already exists in the cluster. You must delete the existing Node or change the name ' +
          'of this new joining Node',
      )
    }
  } catch (error) {
    if (error instanceof KubeadmError) throw error
    if (!isApiError(error, 'NotFound') && minor >= 18) {
      files.remove(BOOTSTRAP_CONFIG)
      throw new KubeadmError(
        `error execution phase kubelet-start: cannot get Node ${JSON.stringify(name)}: ` +
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
