import { quote } from '../../lang/go/quote.js'
import { minorOf } from '../../cluster/kubeadm/images.js'
import { capacityOf } from '../machine/capacity.js'
import { loadedModules, swapsOf } from '../machine/kernel.js'
import type { HostMachine } from '../machine/host-machine.js'
import { compareVersions } from './policy.js'
import type { Printer } from './texts.js'
import { KubeadmError } from './texts.js'

/** One preflight check and its findings. */
export interface PreflightCheck {
  readonly name: string
  readonly warnings?: readonly string[]
  readonly errors?: readonly string[]
}

const MANIFESTS = '/etc/kubernetes/manifests'
const dashed = (path: string): string => path.replaceAll('/', '-')

function fileAvailable(machine: HostMachine, path: string): PreflightCheck {
  return {
    name: `FileAvailable-${dashed(path)}`,
    errors: machine.files.stat(path) === undefined ? [] : [`${path} already exists`],
  }
}

function dirAvailable(machine: HostMachine, path: string): PreflightCheck {
  const isEmpty = machine.files.stat(path)?.kind !== 'directory' || machine.files.list(path).length === 0
  return { name: `DirAvailable-${dashed(path)}`, errors: isEmpty ? [] : [`${path} is not empty`] }
}

/** Checks that a port of the machine is free: components in containers and the kubelet listen on some. */
function port(machine: HostMachine, number: number, component: string): PreflightCheck {
  const { state } = machine
  const isUsed =
    component === 'kubelet'
      ? machine.unit('kubelet')?.state === 'active'
      : state.components.get(component)?.state === 'running'
  return { name: `Port-${number}`, errors: isUsed ? [`Port ${number} is in use`] : [] }
}

/** Checks that init and join share. Source: preflight/checks.go addCommonChecks. */
function common(machine: HostMachine, version: string | undefined): readonly PreflightCheck[] {
  const kubelet = machine.state.packages.get('kubelet')?.version ?? ''
  const tool = machine.state.packages.get('kubeadm')?.version ?? ''
  const oldest = minorOf(tool) - (minorOf(tool) >= 29 ? 3 : 1)
  const skew = [
    ...(minorOf(kubelet) < oldest
      ? [`Kubelet version ${quote(kubelet)} is lower than kubeadm can support. Please upgrade kubelet`]
      : []),
    ...(version !== undefined &&
    compareVersions(`v${kubelet}`, version) > 0 &&
    minorOf(kubelet) > minorOf(version)
      ? [
          'the kubelet version is higher than the control plane version. This is not a supported ' +
            'version skew and may lead to a malfunctional cluster. Kubelet version: ' +
            `${quote(kubelet)} Control plane version: ${quote(version.slice(1))}`,
        ]
      : []),
  ]
  return [{ name: 'KubeletVersion', errors: skew }, port(machine, 10250, 'kubelet'), swap(machine)]
}

function isSet(machine: HostMachine, path: string): PreflightCheck {
  const errors =
    machine.files.text(path)?.startsWith('1') === true ? [] : [`${path} contents are not set to 1`]
  return { name: `FileContent-${dashed(path)}`, errors }
}

/** Source: preflight/checks.go FileContentCheck; the bridge is not checked since 1.30. */
function forwarding(machine: HostMachine): readonly PreflightCheck[] {
  const forward = isSet(machine, '/proc/sys/net/ipv4/ip_forward')
  if (toolMinor(machine) >= 30) return [forward]
  const bridge = '/proc/sys/net/bridge/bridge-nf-call-iptables'
  return loadedModules(machine).includes('br_netfilter')
    ? [isSet(machine, bridge), forward]
    : [{ name: `FileContent-${dashed(bridge)}`, errors: [`${bridge} does not exist`] }, forward]
}

const toolMinor = (machine: HostMachine): number =>
  minorOf(machine.state.packages.get('kubeadm')?.version ?? '')

/** Source: preflight/checks.go SwapCheck. */
function swap(machine: HostMachine): PreflightCheck {
  if (swapsOf(machine).length === 0) return { name: 'Swap' }
  const minor = toolMinor(machine)
  if (minor < 22)
    return { name: 'Swap', errors: ['running with swap on is not supported. Please disable swap'] }
  const text =
    minor >= 31
      ? 'swap is supported for cgroup v2 only. The kubelet must be properly configured to use swap. Please ' +
        'refer to https://kubernetes.io/docs/concepts/architecture/nodes/#swap-memory, or disable swap on ' +
        'the node'
      : minor >= 29
        ? 'swap is supported for cgroup v2 only; the NodeSwap feature gate of the kubelet is beta but ' +
          'disabled by default'
        : 'swap is enabled; production deployments should disable swap unless testing the NodeSwap feature ' +
          'gate of the kubelet'
  return { name: 'Swap', warnings: [text] }
}

function resources(machine: HostMachine): readonly PreflightCheck[] {
  const { cores: cpus, memory } = capacityOf(machine)
  const megabytes = Math.floor(memory / 1024 / 1024)
  return [
    {
      name: 'NumCPU',
      errors: cpus < 2 ? [`the number of available CPUs ${cpus} is less than the required 2`] : [],
    },
    {
      name: 'Mem',
      errors: megabytes < 1700 ? [`the system RAM (${megabytes} MB) is less than the minimum 1700 MB`] : [],
    },
  ]
}

/** Source: preflight/checks.go InitNodeChecks. */
export function initChecks(machine: HostMachine, version: string): readonly PreflightCheck[] {
  const tool = machine.state.packages.get('kubeadm')?.version ?? ''
  const isNewer = minorOf(version) > minorOf(tool)
  return [
    ...resources(machine),
    {
      name: 'KubernetesVersion',
      warnings: isNewer
        ? [
            'Kubernetes version is greater than kubeadm version. Please consider to upgrade kubeadm. ' +
              `Kubernetes version: ${version.slice(1)}. Kubeadm version: 1.${minorOf(tool)}.x`,
          ]
        : [],
    },
    port(machine, 6443, 'kube-apiserver'),
    port(machine, 10259, 'kube-scheduler'),
    port(machine, 10257, 'kube-controller-manager'),
    ...['kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'etcd'].map((name) =>
      fileAvailable(machine, `${MANIFESTS}/${name}.yaml`),
    ),
    ...common(machine, version),
    ...forwarding(machine),
    port(machine, 2379, 'etcd'),
    port(machine, 2380, 'etcd'),
    dirAvailable(machine, '/var/lib/etcd'),
  ]
}

/** Source: preflight/checks.go JoinNodeChecks. */
export function joinChecks(machine: HostMachine): readonly PreflightCheck[] {
  return [
    ...(minorOf(machine.state.packages.get('kubeadm')?.version ?? '') < 31
      ? [dirAvailable(machine, MANIFESTS)]
      : []),
    fileAvailable(machine, '/etc/kubernetes/kubelet.conf'),
    fileAvailable(machine, '/etc/kubernetes/bootstrap-kubelet.conf'),
    ...common(machine, undefined),
    fileAvailable(machine, '/etc/kubernetes/pki/ca.crt'),
    ...forwarding(machine),
  ]
}

/**
 * Prints warnings, and throws if there are errors. `ignored`: checks whose errors count as warnings, or
 * `all`. Source: preflight/checks.go RunChecks.
 */
export function runChecks(
  machine: HostMachine,
  checks: readonly PreflightCheck[],
  ignored: readonly string[],
  printer: Printer,
): void {
  const lower = ignored.map((name) => name.toLowerCase())
  let fatal = ''
  for (const { name, warnings = [], errors = [] } of checks) {
    const isIgnored = lower.includes('all') || lower.includes(name.toLowerCase())
    for (const warning of [...warnings, ...(isIgnored ? errors : [])])
      printer.err(`\t[WARNING ${name}]: ${warning}`)
    if (!isIgnored) for (const error of errors) fatal += `\t[ERROR ${name}]: ${error}\n`
  }
  if (fatal === '') return
  const text =
    `[preflight] Some fatal errors occurred:\n${fatal}[preflight] If you know what you are doing, you ` +
    `can make a check non-fatal with \`--ignore-preflight-errors=...\``
  // since 1.35 the list is printed before the error instead of as part of it
  if (minorOf(machine.state.packages.get('kubeadm')?.version ?? '') >= 35)
    throw new KubeadmError('error execution phase preflight: preflight checks failed', `${text}\n`)
  throw new KubeadmError(`error execution phase preflight: ${text}`)
}
