import { quote } from '../../lang/go/quote.js'
import type { CommandOutput, Options } from '../commands/command.js'
import { failed, readOptions } from '../commands/command.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { addonVersions, COMPONENTS, imageOf, minorOf } from '../../cluster/kubeadm/images.js'
import { staticPodText } from '../../cluster/kubeadm/static-pods.js'
import type { HostMachine, Hosts } from '../machine/host-machine.js'
import { table } from '../machine/texts.js'
import { renewOne, RENEWED_WITH } from './certificates.js'
import { clusterConfiguration, kubeletConfigName } from './objects.js'
import { compareVersions, enforceVersionPolicies } from './policy.js'

const MANIFESTS = '/etc/kubernetes/manifests'
const READING = 'Reading configuration from the "kubeadm-config" ConfigMap in namespace "kube-system"...'
const RELOAD = "Use 'kubeadm init phase upload-config kubeadm --config your-config-file' to re-upload it."
const STACK = 'To see the stack trace of this error execute with --v=5 or higher'
const LINE = '_'.repeat(69)

/** `kubeadm upgrade plan`, `apply` and `node`. Source: cmd/kubeadm/app/cmd/upgrade. */
export function upgrade(args: readonly string[], machine: HostMachine): CommandOutput {
  const options = readOptions(args, [
    'config',
    'kubeconfig',
    'kubelet-version',
    'feature-gates',
    'patches',
    'ignore-preflight-errors',
  ])
  const [verb = '', version] = options.words
  if (verb === 'node') return upgradeNode(machine, options)
  if (verb !== 'plan' && verb !== 'apply')
    return failed(`error: unknown command ${quote(verb)} for "kubeadm upgrade"\n${STACK}`)
  if (!machine.isControlPlane || machine.files.text('/etc/kubernetes/admin.conf') === undefined) {
    return failed(
      `error: couldn't create a Kubernetes client from file "/etc/kubernetes/admin.conf": failed to ` +
        `load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory\n${STACK}`,
    )
  }
  if (machine.state.components.get('kube-apiserver')?.state !== 'running') {
    return failed(
      `error: couldn't get the cluster configuration: failed to get config map: Get ` +
        `"https://${machine.cluster.pki.config.advertiseAddress}/api/v1/namespaces/kube-system/` +
        'configmaps/kubeadm-config?timeout=10s": ' +
        `dial tcp ${machine.cluster.pki.config.advertiseAddress}: connect: connection refused\n${STACK}`,
    )
  }
  return verb === 'plan' ? plan(machine, version) : apply(machine, version, options)
}

const kubeadmOf = (machine: HostMachine): string => `v${machine.state.packages.get('kubeadm')?.version ?? ''}`

function kubeletsOf(hosts: Hosts): readonly { readonly name: string; readonly version: string }[] {
  return hosts.cluster.state
    .peek('nodes')
    .map(({ metadata, status }) => ({
      name: metadata.name ?? '',
      version: status.nodeInfo?.kubeletVersion ?? '',
    }))
}

function plan(machine: HostMachine, asked: string | undefined): CommandOutput {
  const { hosts } = machine
  const current = hosts.version
  const tool = kubeadmOf(machine)
  const target = asked ?? (compareVersions(tool, current) > 0 ? tool : current)
  const series = minorOf(target) === minorOf(current) ? target : current
  let stdout = `[preflight] Running pre-flight checks.
[upgrade/config] ${READING}
[upgrade/config] ${RELOAD}
[upgrade] Running cluster health checks
[upgrade] Fetching available versions to upgrade to
[upgrade/versions] Cluster version: ${current.slice(1)}
[upgrade/versions] kubeadm version: ${tool}
[upgrade/versions] Target version: ${target}
[upgrade/versions] Latest version in the v1.${minorOf(current)} series: ${series}
\n`
  if (compareVersions(target, current) > 0) {
    const own = machine.name
    const [from, to] = [addonVersions(current), addonVersions(target)]
    const kubelets = kubeletsOf(hosts)
    if (kubelets.length > 0) {
      stdout += `Components that must be upgraded manually after you have upgraded the control plane \
with 'kubeadm upgrade apply':
${table([
  ['COMPONENT', 'NODE', 'CURRENT', 'TARGET'],
  ...kubelets.map(({ name, version }) => ['kubelet', name, version, target]),
])}\n`
    }
    const kind =
      minorOf(target) === minorOf(current)
        ? `latest version in the v1.${minorOf(current)} series`
        : 'latest stable version'
    const rows = [
      ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler'].map((name) => [
        name,
        own,
        current,
        target,
      ]),
      ['kube-proxy', '', current.slice(1), target],
      ['CoreDNS', '', from.coreDNS, to.coreDNS],
      ['etcd', own, from.etcd, to.etcd],
    ]
    stdout +=
      `Upgrade to the ${kind}:\n\n${table([['COMPONENT', 'NODE', 'CURRENT', 'TARGET'], ...rows])}\nYou ` +
      `can now apply the upgrade by executing the following command:\n\n\tkubeadm upgrade apply ` +
      `${target}\n\n`
    if (compareVersions(target, tool) > 0)
      stdout += `Note: Before you can perform this upgrade, you have to update kubeadm to ${target}.\n\n`
    stdout += `${LINE}\n\n`
  }
  return {
    stdout: `${stdout}
The table below shows the current state of component configs as understood by this version of kubeadm.
Configs that have a "yes" mark in the "MANUAL UPGRADE REQUIRED" column require manual config upgrade or
resetting to kubeadm defaults before a successful upgrade can be performed. The version to manually
upgrade to is denoted in the "PREFERRED VERSION" column.

${table([
  ['API GROUP', 'CURRENT VERSION', 'PREFERRED VERSION', 'MANUAL UPGRADE REQUIRED'],
  ['kubeproxy.config.k8s.io', 'v1alpha1', 'v1alpha1', 'no'],
  ['kubelet.config.k8s.io', 'v1beta1', 'v1beta1', 'no'],
])}${LINE}\n\n`,
  }
}

function apply(machine: HostMachine, asked: string | undefined, options: Options): CommandOutput {
  if (asked === undefined)
    return failed(`error: missing one or more required arguments. Required arguments: [version]\n${STACK}`)
  if (!/^v?1\.\d+\.\d+(?:-[\w.]+)?$/.test(asked))
    return failed(
      `error: version ${quote(asked)} doesn't match patterns for neither semantic version ` +
        `nor labels (stable, latest, ...)\n${STACK}`,
    )
  const target = asked.startsWith('v') ? asked : `v${asked}`
  const { hosts } = machine
  const cluster = hosts.version
  const kubeadm = kubeadmOf(machine)
  let stdout = `[upgrade] ${READING}
[upgrade] ${RELOAD}
[upgrade/preflight] Running preflight checks
[upgrade] Running cluster health checks
[upgrade/preflight] You have chosen to upgrade the cluster version to ${quote(target)}
[upgrade/versions] Cluster version: ${cluster}
[upgrade/versions] kubeadm version: ${kubeadm}\n`
  const faults = enforceVersionPolicies({
    cluster,
    kubeadm,
    target,
    kubelets: kubeletsOf(hosts).map(({ version }) => version),
    allowUnstable: options.has('allow-experimental-upgrades', 'allow-release-candidate-upgrades'),
  })
  const refused = refusal(faults, options.has('force', 'f'))
  if (refused !== undefined)
    return { stdout, stderr: `error: error execution phase preflight: ${refused}\n${STACK}\n`, code: 1 }
  if (!options.has('yes', 'y', 'force', 'f', 'dry-run')) {
    return {
      stdout: `${stdout}[upgrade] Are you sure you want to proceed? [y/N]: `,
      stderr:
        `error: error execution phase preflight: won't proceed; the user didn't answer (Y|y) in order ` +
        `to continue\n${STACK}\n`,
      code: 1,
    }
  }
  if (options.has('dry-run'))
    return { stdout: `${stdout}[upgrade/successful] Finished dryrunning successfully!\n` }
  stdout += `[upgrade/preflight] Pulling images required for setting up a Kubernetes cluster
[upgrade/preflight] This might take a minute or two, depending on the speed of your internet connection
[upgrade/preflight] You can also perform this action beforehand using 'kubeadm config images pull'\n`
  stdout += controlPlane(machine, target, options.get('certificate-renewal') !== 'false')
  return { stdout: stdout + afterwards(machine, target) }
}

function refusal(
  { mandatory, skippable }: ReturnType<typeof enforceVersionPolicies>,
  force: boolean,
): string | undefined {
  const list = (faults: readonly string[]): string => faults.map((fault) => `\t- ${fault}\n`).join('')
  if (mandatory.length > 0)
    return (
      '[upgrade/version] FATAL: the --version argument is invalid due to these fatal ' +
      `errors:\n\n${list(mandatory)}\nPlease fix the misalignments highlighted above and try upgrading ` +
      'again'
    )
  if (skippable.length > 0 && !force)
    return (
      '[upgrade/version] FATAL: the --version argument is invalid due to these ' +
      `errors:\n\n${list(skippable)}\nCan be bypassed if you pass the --force flag`
    )
  return undefined
}

/** Upgrades the static pods one after the other; the apiserver serves the new version after its turn. */
function controlPlane(machine: HostMachine, target: string, renews: boolean): string {
  const { hosts } = machine
  const stamp = new Date(hosts.cluster.now())
    .toISOString()
    .slice(0, 19)
    .replaceAll(':', '-')
    .replace('T', '-')
  const backup = `/etc/kubernetes/tmp/kubeadm-backup-manifests-${stamp}`
  const fresh = '/etc/kubernetes/tmp/kubeadm-upgraded-manifests'
  let text =
    '[upgrade/control-plane] Upgrading your static Pod-hosted control plane to version ' +
    `${quote(target)} (timeout: 5m0s)...\n[upgrade/staticpods] Writing new Static Pod manifests ` +
    `to ${quote(fresh)}\n`
  if (machine.files.stat(backup) === undefined) machine.files.makeDirectory(backup)
  for (const component of COMPONENTS) text += upgradeOne(machine, component, { target, renews, backup })
  return (
    `${text}[upgrade/control-plane] The control plane instance for this node was successfully ` +
    `upgraded!\n`
  )
}

function upgradeOne(
  machine: HostMachine,
  component: ComponentName,
  { target, renews, backup }: { readonly target: string; readonly renews: boolean; readonly backup: string },
): string {
  const { hosts } = machine
  const { nodeName, advertiseAddress } = hosts.cluster.pki.config
  const path = `${MANIFESTS}/${component}.yaml`
  const old = machine.files.text(path) ?? ''
  const next = staticPodText(component, {
    version: target,
    nodeName,
    advertiseAddress,
    serviceCIDR: hosts.serviceCIDR,
    clusterCIDR: hosts.clusterCIDR,
  })
  let text = `[upgrade/staticpods] Preparing for "${component}" upgrade\n`
  if (component === 'etcd' && old.includes(imageOf('etcd', target)))
    return `${text}[upgrade/staticpods] Current and new manifests of etcd are equal, skipping upgrade\n`
  if (renews)
    for (const name of RENEWED_WITH[component] ?? [])
      if (renewOne(machine, name)) text += `[upgrade/staticpods] Renewing ${name} certificate\n`
  machine.files.write(`${backup}/${component}.yaml`, old)
  if (component === 'kube-apiserver') becomeVersion(hosts, target)
  machine.files.write(path, next)
  machine.hosts.cluster.advance('10s')
  text += `[upgrade/staticpods] Moving new manifest to "${path}" \
and backing up old manifest to "${backup}/${component}.yaml"
[upgrade/staticpods] Waiting for the kubelet to restart the component
[upgrade/staticpods] This can take up to 5m0s\n`
  return `${text}[upgrade/staticpods] Component "${component}" upgraded successfully!\n`
}

/** Moves the cluster to another version. Within a minor only the version string changes. */
function becomeVersion(hosts: Hosts, target: string): void {
  const { cluster } = hosts
  hosts.state.version = target
  cluster.internals.extensionState('release', () => ({ version: target })).value.version = target
  const minor = `v1.${minorOf(target)}`
  if (minorOf(cluster.version) === minorOf(target)) return
  cluster.rewind(cluster.snapshot(), { version: minor })
}

function afterwards(machine: HostMachine, target: string): string {
  const { hosts } = machine
  const minor = minorOf(target)
  const client = hosts.cluster.as({ user: 'kubernetes-super-admin', groups: ['system:masters'] })
  client.patch(
    'configmaps',
    { namespace: 'kube-system', name: 'kubeadm-config' },
    { type: 'merge', body: { data: { ClusterConfiguration: clusterConfiguration(hosts, target) } } },
  )
  for (const name of ['admin.conf', 'super-admin.conf']) renewOne(machine, name)
  return `[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" \
in the "kube-system" Namespace
[kubelet] Creating a ConfigMap "${kubeletConfigName(minor)}" in namespace kube-system \
with the configuration for the kubelets in the cluster
[upgrade/kubeconfig] The kubeconfig files for this node were successfully upgraded!\n${kubeletConfig(machine)}
[upgrade/bootstrap-token] Configuring bootstrap token and cluster-info RBAC rules
[addons] Applied essential addon: CoreDNS
[addons] Applied essential addon: kube-proxy

[upgrade] SUCCESS! A control plane node of your cluster was upgraded to ${quote(target)}.

[upgrade] Now please proceed with upgrading the rest of the nodes by following the right order.\n`
}

function kubeletConfig(machine: HostMachine): string {
  const path = '/var/lib/kubelet/config.yaml'
  const backup = `/etc/kubernetes/tmp/kubeadm-kubelet-config${machine.newId().slice(0, 9)}`
  const text = machine.files.text(path)
  if (text !== undefined) {
    machine.files.makeDirectory(backup)
    machine.files.write(`${backup}/config.yaml`, text)
    machine.files.write(path, text)
  }
  return (
    `[upgrade] Backing up kubelet config file to ${backup}/config.yaml\n[upgrade/kubelet-config] The ` +
    'kubelet configuration for this node was successfully upgraded!'
  )
}

/**
 * `kubeadm upgrade node`, and its form until 1.14: `kubeadm upgrade node config --kubelet-version v1.14.0`.
 */
function upgradeNode(machine: HostMachine, options: Options): CommandOutput {
  const { hosts } = machine
  const [, phase] = options.words
  const asked = options.get('kubelet-version')
  const { advertiseAddress } = hosts.cluster.pki.config
  if (hosts.controlPlane?.state.components.get('kube-apiserver')?.state !== 'running') {
    return failed(
      'error: error execution phase preflight: could not fetch the cluster configuration: Get ' +
        `"https://${advertiseAddress}/api": dial tcp ${advertiseAddress}: connect: connection ` +
        `refused\n${STACK}`,
    )
  }
  if (phase === 'config') {
    const version = asked ?? hosts.version
    const name = kubeletConfigName(minorOf(version))
    if (!/^v1\.\d+\.\d+/.test(version))
      return failed(
        `couldn't parse kubernetes version ${quote(version)}: could not parse ` +
          `${quote(version)} as version`,
      )
    if (minorOf(version) > minorOf(hosts.version))
      return failed(
        `configmaps "${name}" is forbidden: User "system:node:${machine.name}" cannot get resource ` +
          '"configmaps" in API group "" in the namespace "kube-system"',
      )
    kubeletConfig(machine)
    return {
      stdout: `[kubelet] Downloading configuration for the kubelet from the "${name}" ConfigMap \
in the kube-system namespace
[kubelet] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"
[upgrade] The configuration for this node was successfully updated!
[upgrade] Now you should go ahead and upgrade the kubelet package using your package manager.\n`,
    }
  }
  const tool = kubeadmOf(machine)
  if (minorOf(tool) < minorOf(hosts.version)) {
    return failed(
      `error: error execution phase preflight: [preflight] Some fatal errors occurred:\n\t[ERROR ` +
        'KubernetesVersion]: Kubernetes version is greater than kubeadm version. Please consider to ' +
        `upgrade kubeadm. Kubernetes version: ${hosts.version.slice(1)}. Kubeadm version: ` +
        `1.${minorOf(tool)}.x\n${STACK}`,
    )
  }
  const reading = `[upgrade] ${READING}\n[upgrade] ${RELOAD}\n[upgrade/preflight] Running pre-flight checks\n`
  if (machine.isControlPlane)
    return { stdout: `${reading}${controlPlane(machine, hosts.version, true)}${kubeletConfig(machine)}\n` }
  return {
    stdout: `${reading}[upgrade/preflight] Skipping prepull. Not a control plane node.
[upgrade/control-plane] Skipping phase. Not a control plane node.
[upgrade/kubeconfig] Skipping phase. Not a control plane node.
${kubeletConfig(machine)}
[upgrade/addon] Skipping the addon/coredns phase. Not a control plane node.
[upgrade/addon] Skipping the addon/kube-proxy phase. Not a control plane node.\n`,
  }
}
