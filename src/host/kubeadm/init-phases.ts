import { quote } from '../../lang/go/quote.js'
import type { Options } from '../commands/command.js'
import { COMPONENTS, minorOf } from '../../cluster/kubeadm/images.js'
import type { ComponentName } from '../../cluster/kubeadm/images.js'
import { controlPlaneMarks } from '../../cluster/kubeadm/control-plane-marks.js'
import { staticPodText } from '../../cluster/kubeadm/static-pods.js'
import type { HostMachine } from '../machine/host-machine.js'
import { KUBELET_CONFIG } from '../machine/kubelet-config.js'
import { becomeControlPlane } from '../machine/membership.js'
import { startKubelet, stopKubelet } from '../machine/sync-node.js'
import { goDuration } from '../../lang/go/duration.js'
import { applyCoreDNS, applyKubeProxy } from './addons.js'
import { createBootstrapObjects, createConfigObjects, kubeletConfigName } from './objects.js'
import { CertificateMaker } from './certs-phase.js'
import type { InitConfiguration } from './config.js'
import { initChecks, runChecks } from './preflight.js'
import type { Printer } from './texts.js'
import { KubeadmError } from './texts.js'
import { joinCommand, writeToken } from './token.js'

const MANIFESTS = '/etc/kubernetes/manifests'
/** timeouts.controlPlaneComponentHealthCheck */
const LONGEST_WAIT = 240_000

/** What the phases of `kubeadm init` share. */
export interface InitRun {
  readonly machine: HostMachine
  readonly asked: InitConfiguration
  readonly options: Options
  readonly printer: Printer
  readonly minor: number
  readonly token: string
  certificates?: CertificateMaker
}

export type InitPhase = (run: InitRun, part?: string) => void

const makerOf = (run: InitRun): CertificateMaker =>
  (run.certificates ??= new CertificateMaker(run.machine, run.asked))

const administrator = ({ machine }: InitRun): ReturnType<HostMachine['cluster']['as']> => {
  if (machine.files.text('/etc/kubernetes/admin.conf') === undefined)
    throw new KubeadmError(
      'failed to load admin kubeconfig: open /etc/kubernetes/admin.conf: no such file or directory',
    )
  return machine.cluster.as({ user: 'kubernetes-super-admin', groups: ['system:masters'] })
}

/** The phases of `kubeadm init` by name. Source: cmd/kubeadm/app/cmd/phases/init. */
export const PHASES: Readonly<Record<string, InitPhase>> = {
  preflight: ({ machine, asked, printer }) => {
    printer.out('[preflight] Running pre-flight checks')
    runChecks(machine, initChecks(machine, asked.version), asked.ignored, printer)
    printer.out('[preflight] Pulling images required for setting up a Kubernetes cluster')
    printer.out(
      '[preflight] This might take a minute or two, depending on the speed of your internet connection',
    )
    printer.out(
      '[preflight] You can also perform this action ' +
        `${minorOf(asked.version) < 29 ? 'in beforehand' : 'beforehand'} using 'kubeadm config images ` +
        `pull'`,
    )
    machine.cluster.advance('30s')
  },
  certs: (run, part) => makerOf(run).certificates(part, run.printer),
  kubeconfig: (run, part) => makerOf(run).kubeconfigs(part, run.printer, run.options.get('kubeconfig-dir')),
  etcd: (run, part) => {
    if (part !== undefined && part !== 'local')
      throw new KubeadmError(`unknown command ${quote(part)} for "kubeadm init phase etcd"`)
    run.printer.out(`[etcd] Creating static Pod manifest for local etcd in "${MANIFESTS}"`)
    writeManifest(run, 'etcd')
    if (run.machine.files.stat('/var/lib/etcd') === undefined)
      run.machine.files.makeDirectory('/var/lib/etcd')
  },
  'control-plane': (run, part) => {
    if (part === undefined) run.printer.out(`[control-plane] Using manifest folder "${MANIFESTS}"`)
    for (const component of COMPONENTS) {
      if (
        component === 'etcd' ||
        (part !== undefined &&
          component !==
            (part === 'apiserver'
              ? 'kube-apiserver'
              : part === 'controller-manager'
                ? 'kube-controller-manager'
                : `kube-${part}`))
      )
        continue
      run.printer.out(`[control-plane] Creating static Pod manifest for "${component}"`)
      writeManifest(run, component)
    }
  },
  'kubelet-start': (run) => kubeletStart(run),
  'wait-control-plane': (run) => waitForControlPlane(run),
  'upload-config': (run) => {
    const { printer, minor, machine, asked } = run
    printer.out(
      '[upload-config] Storing the configuration used in ConfigMap "kubeadm-config" in the ' +
        '"kube-system" Namespace',
    )
    printer.out(
      `[kubelet] Creating a ConfigMap "${kubeletConfigName(minor)}" in namespace kube-system with the ` +
        'configuration for the kubelets in the cluster',
    )
    createConfigObjects(administrator(run), machine.hosts, asked)
  },
  'upload-certs': ({ printer }) => printer.out('[upload-certs] Skipping phase. Please see --upload-certs'),
  'mark-control-plane': (run) => markControlPlane(run),
  'bootstrap-token': (run) => bootstrapToken(run),
  'kubelet-finalize': ({ machine, printer, minor }) => {
    printer.out(
      '[kubelet-finalize] Updating "/etc/kubernetes/kubelet.conf" to point to a rotatable kubelet ' +
        'client certificate and key',
    )
    if (minor >= 17) rotatable(machine)
  },
  addon: (run, part) => {
    const client = administrator(run)
    if (part === undefined || part === 'coredns') {
      applyCoreDNS(client, run.machine.hosts)
      run.printer.out('[addons] Applied essential addon: CoreDNS')
    }
    if (part === undefined || part === 'kube-proxy') {
      applyKubeProxy(client, run.machine.hosts)
      run.printer.out('[addons] Applied essential addon: kube-proxy')
    }
  },
  'show-join-command': (run) => {
    run.machine.cluster.advance('2s')
    run.printer.out(finished(run))
  },
}

function writeManifest({ machine, asked }: InitRun, component: ComponentName): void {
  machine.files.put(
    `${MANIFESTS}/${component}.yaml`,
    staticPodText(component, {
      version: asked.version,
      nodeName: asked.nodeName,
      advertiseAddress: asked.advertiseAddress,
      serviceCIDR: asked.serviceSubnet,
      clusterCIDR: asked.podSubnet ?? '',
      clusterName: asked.clusterName,
      certificatesDir: asked.certificatesDir,
      dnsDomain: asked.dnsDomain,
    }),
    0o600,
  )
}

function kubeletStart(run: InitRun): void {
  const { machine, printer, minor, asked } = run
  const old = minor < 29
  stopKubelet(machine)
  printer.out(
    '[kubelet-start] Writing kubelet environment file with flags to file ' +
      '"/var/lib/kubelet/kubeadm-flags.env"',
  )
  if (minor >= 34)
    printer.out(
      '[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/instance-config.yaml"',
    )
  printer.out('[kubelet-start] Writing kubelet configuration to file "/var/lib/kubelet/config.yaml"')
  writeKubeletFiles(machine, minor)
  printer.out(`[kubelet-start] ${minor < 18 ? 'Activating the kubelet service' : 'Starting the kubelet'}`)
  if (!old) start(machine, asked)
}

/** Writes the files that kubeadm makes for the kubelet. */
export function writeKubeletFiles({ files }: HostMachine, minor: number): void {
  files.put(
    '/var/lib/kubelet/kubeadm-flags.env',
    minor >= 34
      ? 'KUBELET_KUBEADM_ARGS=""\n'
      : 'KUBELET_KUBEADM_ARGS="--container-runtime-endpoint=unix:///var/run/containerd/containerd.sock"\n',
  )
  if (minor >= 34)
    files.put(
      '/var/lib/kubelet/instance-config.yaml',
      'apiVersion: kubelet.config.k8s.io/v1beta1\ncontainerRuntimeEndpoint: ' +
        'unix:///var/run/containerd/containerd.sock\nkind: KubeletConfiguration\n',
    )
  files.put('/var/lib/kubelet/config.yaml', KUBELET_CONFIG)
}

/** Lets the kubelet find the manifests: valid ones start a control plane. */
function start(
  machine: HostMachine,
  { controlPlaneEndpoint, certSANs, clusterName, dnsDomain }: InitConfiguration,
): void {
  startKubelet(machine)
  if (
    machine.state.units.get('kubelet')?.state === 'active' &&
    machine.hosts.controlPlaneName === undefined
  ) {
    becomeControlPlane(machine, {
      clusterName,
      dnsDomain,
      certSANs,
      ...(controlPlaneEndpoint === undefined ? {} : { controlPlaneEndpoint }),
    })
  }
  machine.hosts.sync()
}

const HEALTH: readonly (readonly [name: ComponentName, endpoint: string])[] = [
  ['kube-apiserver', 'livez'],
  ['kube-controller-manager', 'healthz'],
  ['kube-scheduler', 'livez'],
]

function waitForControlPlane({ machine, printer, minor, asked }: InitRun): void {
  const modern = minor >= 31
  if (minor < 29) start(machine, asked)
  printer.out(
    '[wait-control-plane] Waiting for the kubelet to boot up the control plane as static Pods from ' +
      `directory "${MANIFESTS}"${modern ? '' : '. This can take up to 4m0s'}`,
  )
  if (modern) {
    printer.out(
      '[kubelet-check] Waiting for a healthy kubelet at http://127.0.0.1:10248/healthz. This can take ' +
        'up to 4m0s',
    )
    if (machine.unit('kubelet')?.state !== 'active') {
      machine.cluster.advance(LONGEST_WAIT)
      printer.out('[kubelet-check] The kubelet is not healthy after 4m0s')
      failBoot(
        printer,
        "The HTTP call equal to 'curl -sSL http://127.0.0.1:10248/healthz' returned error: Get " +
          '"http://127.0.0.1:10248/healthz": dial tcp 127.0.0.1:10248: connect: connection refused\n',
      )
    }
    machine.cluster.advance(501)
    printer.out('[kubelet-check] The kubelet is healthy after 501ms')
    printer.out(
      '[control-plane-check] Waiting for healthy control plane components. This can take up to 4m0s',
    )
    for (const [name, endpoint] of HEALTH)
      printer.out(`[control-plane-check] Checking ${name} at ${urlOf(name, endpoint, asked)}`)
  }
  const began = machine.cluster.now()
  machine.cluster.advance('3s')
  const isHealthy = (name: ComponentName): boolean => machine.state.components.get(name)?.state === 'running'
  while (machine.cluster.now() - began < LONGEST_WAIT && !HEALTH.every(([name]) => isHealthy(name))) {
    machine.cluster.advance('10s')
    machine.hosts.sync()
  }
  const took = goDuration(machine.cluster.now() - began)
  const failing = HEALTH.filter(([name]) => !isHealthy(name))
  if (modern)
    for (const [name] of [...HEALTH.slice(1), ...HEALTH.slice(0, 1)])
      printer.out(
        `[control-plane-check] ${name} is ${isHealthy(name) ? 'healthy' : 'not healthy'} after ${took}`,
      )
  else if (failing.length === 0)
    printer.out(
      '[apiclient] All control plane components are healthy after ' +
        `${((machine.cluster.now() - began) / 1000).toFixed(6)} seconds`,
    )
  if (failing.length === 0) return
  const words = failing.map(
    ([name, endpoint]) =>
      `${name} check failed at ${urlOf(name, endpoint, asked)}: Get ` +
      `"${urlOf(name, endpoint, asked)}": dial tcp ${hostPort(name, asked)}: connect: connection ` +
      'refused',
  )
  failBoot(printer, words.length === 1 ? (words[0] ?? '') : `[${words.join(', ')}]`)
}

const PORTS: Readonly<Record<string, string>> = {
  'kube-controller-manager': '10257',
  'kube-scheduler': '10259',
}
const hostPort = (name: string, { advertiseAddress }: InitConfiguration): string =>
  PORTS[name] === undefined ? advertiseAddress : `127.0.0.1:${PORTS[name]}`
const urlOf = (name: string, endpoint: string, asked: InitConfiguration): string =>
  `https://${hostPort(name, asked)}/${endpoint}`

function failBoot({ out }: Printer, why: string): never {
  out(`
A control plane component may have crashed or exited when started by the container runtime.
To troubleshoot, list all containers using your preferred container runtimes CLI.
Here is one example how you may list all running Kubernetes containers by using crictl:
	- 'crictl --runtime-endpoint unix:///var/run/containerd/containerd.sock ps -a | grep kube | grep -v pause'
	Once you have found the failing container, you can inspect its logs with:
	- 'crictl --runtime-endpoint unix:///var/run/containerd/containerd.sock logs CONTAINERID'
`)
  throw new KubeadmError(
    `error execution phase wait-control-plane: failed while waiting for the control plane to start: ${why}`,
  )
}

function markControlPlane(run: InitRun): void {
  const {
    machine: { name, cluster },
    printer,
    minor,
  } = run
  const { labels, taints } = controlPlaneMarks(minor)
  const client = administrator(run)
  const shown =
    minor < 20 ? (labels.map((label) => `${label}=''`).map((label) => `label "${label}"`)[0] ?? '') : ''
  printer.out(
    minor < 20
      ? `[mark-control-plane] Marking the node ${name} as control-plane by adding the ${shown}`
      : `[mark-control-plane] Marking the node ${name} as control-plane by adding the labels: ` +
          `[${labels.join(' ')}]`,
  )
  printer.out(
    `[mark-control-plane] Marking the node ${name} as control-plane by adding the taints ` +
      `[${taints.map((taint) => `${taint}:NoSchedule`).join(' ')}]`,
  )
  const isThere = (): boolean =>
    cluster.state.peek('nodes', { fieldSelector: `metadata.name=${name}` }).length > 0
  if (!cluster.internals.until(isThere, '2m'))
    throw new KubeadmError(
      'error execution phase mark-control-plane: error applying control-plane label and taints: nodes ' +
        `${quote(name)} not found`,
    )
  const old = cluster.get('nodes', { name }).spec?.taints ?? []
  client.patch(
    'nodes',
    { name },
    {
      type: 'merge',
      body: {
        metadata: { labels: Object.fromEntries(labels.map((label) => [label, ''])) },
        spec: {
          taints: [
            ...old,
            ...taints
              .filter((key) => !old.some((taint) => taint.key === key))
              .map((key) => ({ key, effect: 'NoSchedule' })),
          ],
        },
      },
    },
  )
}

function bootstrapToken(run: InitRun): void {
  const {
    machine,
    printer: { out },
    minor,
    token,
    asked,
    options,
  } = run
  const client = administrator(run)
  if (!options.has('skip-token-print')) out(`[bootstrap-token] Using token: ${token}`)
  out('[bootstrap-token] Configuring bootstrap tokens, cluster-info ConfigMap, RBAC Roles')
  const verb = minor >= 22 ? 'Configured' : 'configured'
  if (minor >= 18) out(`[bootstrap-token] ${verb} RBAC rules to allow Node Bootstrap tokens to get nodes`)
  out(
    `[bootstrap-token] ${verb} RBAC rules to allow Node Bootstrap tokens to post CSRs in order for ` +
      'nodes to get long term certificate credentials',
  )
  out(
    `[bootstrap-token] ${verb} RBAC rules to allow the csrapprover controller automatically approve ` +
      'CSRs from a Node Bootstrap Token',
  )
  out(
    `[bootstrap-token] ${verb} RBAC rules to allow certificate rotation for all node client ` +
      'certificates in the cluster',
  )
  out(
    `[bootstrap-token] ${minor >= 14 ? 'C' : 'c'}reating the "cluster-info" ConfigMap in the ` +
      '"kube-public" namespace',
  )
  writeToken(client, machine.cluster.now(), {
    value: token,
    ttl: asked.tokenTTL,
    description: "The default bootstrap token generated by 'kubeadm init'.",
  })
  createBootstrapObjects(client, machine.hosts, machine.files.text('/etc/kubernetes/admin.conf') ?? '')
}

/** Moves the certificate in kubelet.conf to a file of its own, which the kubelet can rotate. */
function rotatable({ files, cluster }: HostMachine): void {
  const config = files.text('/etc/kubernetes/kubelet.conf') ?? ''
  const [, certificate] = /client-certificate-data: (\S+)/.exec(config) ?? []
  const [, key] = /client-key-data: (\S+)/.exec(config) ?? []
  if (certificate === undefined || key === undefined) return
  const current = '/var/lib/kubelet/pki/kubelet-client-current.pem'
  const pem = atob(certificate) + atob(key)
  files.put(
    '/var/lib/kubelet/pki/kubelet-client-' +
      `${new Date(cluster.now()).toISOString().slice(0, 19).replaceAll(/[T:]/g, '-')}.pem`,
    pem,
    0o600,
  )
  files.put(current, pem, 0o600)
  files.write(
    '/etc/kubernetes/kubelet.conf',
    config
      .replace(/client-certificate-data: \S+/, `client-certificate: ${current}`)
      .replace(/client-key-data: \S+/, `client-key: ${current}`),
  )
}

function finished({ machine, token, minor }: InitRun): string {
  return `
Your Kubernetes control-plane has initialized successfully!

To start using your cluster, you need to run the following as a regular user:

  mkdir -p $HOME/.kube
  sudo cp -i /etc/kubernetes/admin.conf $HOME/.kube/config
  sudo chown $(id -u):$(id -g) $HOME/.kube/config
${
  minor >= 20
    ? '\nAlternatively, if you are the root user, you can run:\n\n  export ' +
      'KUBECONFIG=/etc/kubernetes/admin.conf\n'
    : ''
}
You should now deploy a pod network to the cluster.
InitRun "kubectl apply -f [podnetwork].yaml" with one of the options listed at:
  https://kubernetes.io/docs/concepts/cluster-administration/addons/

Then you can join any number of worker nodes by running the following on each as root:

${joinCommand(machine, token, ' \\\n\t')} `
}
