import type { PersistentVolume } from '../../api/core/generated.js'
import type { StorageClass } from '../../api/storage/generated.js'
import { protobufCodec } from '../../api/protobuf/protobuf.js'
import { bootstrap } from '../../apiserver/bootstrap.js'
import type { Client, UserClient } from '../../client/client.js'
import type { Component } from '../../client/component.js'
import type { ClusterEvents } from '../../client/cluster-events.js'
import { EtcdStore } from '../../etcd/store.js'
import type { KubectlEnvironment } from '../../kubectl/index.js'
import { Simulation, type SimulationOptions } from '../../sim/simulation.js'
import { ClusterMetrics, newMetricsState, type MetricsState, serveMetrics } from '../nodes/cluster-metrics.js'
import { componentsOf } from './components.js'
import { checkedClient } from './connected-client.js'
import { ControlPlane } from './control-plane.js'
import { installCoreDNS } from '../kubeadm/core-dns.js'
import { releaseOf } from '../kubeadm/addon-versions.js'
import { controlPlaneMarks } from '../kubeadm/control-plane-marks.js'
import { componentImage, minorOf } from '../kubeadm/images.js'
import { installKubeProxy } from '../kubeadm/kube-proxy.js'
import { SERVICE_CIDRS_CONTROLLER } from '../../controllers/service-cidrs.js'
import { controllerAccounts, defaultObjects } from './default-objects.js'
import { freshState, rememberFresh } from '../storage/fresh-states.js'
import { ADMIN } from '../access/identities.js'
import { kubectlEnvironment } from '../kubectl-environment.js'
import { kubeletAgents } from '../nodes/kubelet-agent.js'
import { Machines } from '../nodes/machines.js'
import { disabledOf } from './disabled.js'
import { type ClusterOptions, DEFAULTS, nodesOf } from './options.js'
import { otherServers } from './other-servers.js'
import { meantImage } from '../nodes/meant-image.js'
import { Journal, type RefusedRequest } from '../diagnosis/journal.js'
import { connectProxy } from '../network/proxy-network.js'
import { ClusterSnapshot } from '../storage/snapshot.js'

/** The seed until a new cluster is ready. It is not a safe integer, so no user can have chosen it. */
const BOOTSTRAP_SEED = 2 ** 53

/**
 * Name of the state slice that lists the machines besides the control plane's if `kubeadm init` has not run.
 */
export const BARE_MACHINES = 'bare machines'

/** Returns the kernel's part of the options. */
export function simulationOptions(
  { time = {}, limits: { steps, stepsAtOneInstant, settleTime } = {} }: ClusterOptions,
  seed: number,
): SimulationOptions {
  return {
    ...time,
    seed,
    ...(steps === undefined ? {} : { maxSteps: steps }),
    ...(stepsAtOneInstant === undefined ? {} : { maxInstantSteps: stepsAtOneInstant }),
    ...(settleTime === undefined ? {} : { maxSettleTime: settleTime }),
  }
}

/** The parts of a cluster. */
export interface ClusterParts {
  readonly version: string
  readonly options: ClusterOptions
  readonly simulation: Simulation<ClusterEvents>
  /** Logs and refusals, for those who ask what is the matter. */
  readonly journal: Journal
  readonly store: EtcdStore
  readonly plane: ControlPlane
  readonly machines: Machines
  /** The administrator's client. */
  readonly client: UserClient
  readonly metrics: ClusterMetrics
  readonly kubectlEnvironment: KubectlEnvironment
}

/** Returns a user's client that network faults apply to. */
export function userClient(plane: ControlPlane, name: string, client: Client): UserClient {
  return checkedClient(client, () => plane.connectivity.check(`user/${name}`))
}

/**
 * Assembles a cluster from below: kernel and store, control plane, components, machines; a new one, or one in
 * the state of a snapshot. `watched` is a simulation whose observers are carried over.
 */
export function assemble(
  options: ClusterOptions,
  given?: ClusterSnapshot,
  watched?: Simulation<ClusterEvents>,
): ClusterParts {
  const from = given ?? freshState(options)
  const version = options.version ?? DEFAULTS.version
  const simulation = new Simulation<ClusterEvents>(
    simulationOptions(options, BOOTSTRAP_SEED),
    from?.simulation(),
    watched,
    given?.quietMemory(options),
  )
  // before the components are set up: their first lines count, too
  const journal = new Journal(simulation.bus)
  // no one asks for the hashes of the apiserver's compactions, and they keep in memory what was dropped
  const storeOptions = { clock: simulation.clock, compactionHashes: false }
  const store = from?.openStore(storeOptions) ?? new EtcdStore(storeOptions)
  const later: Later = { machines: undefined }
  const plane = newPlane({ options, version, simulation, store, from, later })
  recordRefusals(plane, journal)
  const metrics = newMetrics(plane, options, later)
  addComponents(plane, options, metrics, later, from === undefined)
  const machines = (later.machines = new Machines(plane, simulation, options))
  connectProxy(plane, machines)
  const meant = (image: string): string | undefined => meantImage(machines, image)
  plane.server.context.dependencies.late.meantImage = meant
  if (from === undefined) start({ options, version, simulation, store, plane, machines })
  if (given) simulation.forgetUse()
  else simulation.reseed(options.seed ?? 1)
  return {
    version,
    options,
    simulation,
    journal,
    store,
    plane,
    machines,
    metrics,
    kubectlEnvironment: kubectlEnvironment(plane, version),
    client: userClient(plane, ADMIN.name, plane.client(ADMIN, { userAgent: 'kubectl' })),
  }
}

/** The machines, which are made last: they need the control plane, and it asks them. */
interface Later {
  machines: Machines | undefined
}

interface PlaneParts extends Pick<ClusterParts, 'options' | 'version' | 'simulation' | 'store'> {
  readonly from: ClusterSnapshot | undefined
  readonly later: Later
}

function newPlane({ options, version, simulation, store, from, later }: PlaneParts): ControlPlane {
  const { access = {}, extensions = {}, kubeadm = {}, network = {} } = options
  const disabled = disabledOf(options.disable)
  return new ControlPlane({
    simulation,
    store,
    version,
    events: !disabled.events,
    authorization: access.authorization ?? 'RBAC',
    authentication: access.authentication,
    users: options.users ?? [],
    webhooks: options.webhooks,
    admissionPlugins: { ...options.admission, disable: disabled.plugins },
    disabledAPIs: disabled.apis,
    kubeadm,
    nodeAgents:
      extensions.nodeAgents ??
      kubeletAgents({
        machineOf: (node) => later.machines?.responding(node),
        servingFault: (node) => later.machines?.servingFault(node),
        now: () => simulation.clock.now(),
      }),
    serviceCIDR: network.serviceCIDR,
    managedFields: !disabled.managedFields,
    encryption: access.encryption,
    storedProtobuf: extensions.storedProtobuf ?? protobufCodec,
    subscriptions: from?.subscriptions,
    views: from?.views(version),
    policy: from?.policy,
    delivery: options.time?.events === 'one' ? { events: 1 } : undefined,
  })
}

function recordRefusals({ server, simulation: { clock } }: ControlPlane, journal: Journal): void {
  // named before it is assigned: docs/decisions/garbage.md
  const refused = (call: RefusedRequest): void => journal.refused(call, clock.now())
  server.context.dependencies.late.refused = refused
}

function newMetrics(plane: ControlPlane, { addons = {} }: ClusterOptions, later: Later): ClusterMetrics {
  const { simulation } = plane
  const metrics = new ClusterMetrics({
    client: () => plane.client(ADMIN),
    now: () => simulation.clock.now(),
    hasServer: addons.metricsServer ?? false,
    state: simulation.slice<MetricsState>('cluster', 'metrics', newMetricsState),
    responding: (node) => later.machines?.responding(node),
  })
  if (addons.metricsServer === true) serveMetrics(plane, metrics)
  return metrics
}

/** Adds the components, and in a new cluster what the apiserver makes when it starts. */
function addComponents(
  plane: ControlPlane,
  options: ClusterOptions,
  metrics: ClusterMetrics,
  later: Later,
  isNew: boolean,
): void {
  if (options.kubeadm?.init === false) return
  const discard = (volume: PersistentVolume): void => later.machines?.volumes.discard(volume)
  const components = componentsOf(
    options,
    plane.scheme,
    plane.pki,
    discard,
    metrics.source,
    otherServers(plane),
  )
  const accounts =
    options.kubeadm?.processIdentities === true
      ? controllerAccounts(components, plane.scheme.release.minor)
      : []
  if (isNew)
    bootstrap(plane.server, {
      objects: defaultObjects(components, plane.scheme, plane.simulation.clock.now(), accounts),
      serviceAccounts: needsServiceAccounts(components, disabledOf(options.disable).plugins),
      serviceCidrs: components.some(({ name }) => name === SERVICE_CIDRS_CONTROLLER),
    })
  for (const component of components)
    plane.addComponent(component, { isOwn: !options.components?.includes(component) })
}

/** Adds what the options name to a new cluster, lets it come to rest, and keeps its state for others. */
function start({
  options,
  version,
  simulation,
  store,
  plane,
  machines,
}: Omit<ClusterParts, 'journal' | 'client' | 'metrics' | 'kubectlEnvironment'>): void {
  if (options.kubeadm?.init === false) setUpBareMachines(plane, options)
  else populate(plane, machines, options)
  simulation.settle()
  rememberFresh(
    options,
    () =>
      new ClusterSnapshot({ ...options, version }, simulation.state(), store.fork(), {
        subscriptions: plane.server.context.hub.share(),
        policy: plane.sharedPolicy(),
      }),
  )
}

/**
 * Whether the default service accounts are made where their controller is left out: pods need them, unless
 * admission does not ask for them, as in envtest.
 */
function needsServiceAccounts(components: readonly Component[], pluginsOff: readonly string[]): boolean {
  const isRun = components.some(({ name }) => name.endsWith('/serviceaccount-controller'))
  return isRun || !pluginsOff.includes('ServiceAccount')
}

/** The default StorageClass of kind. */
const STANDARD: StorageClass = {
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: 'rancher.io/local-path',
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'WaitForFirstConsumer',
}

function populate(plane: ControlPlane, machines: Machines, options: ClusterOptions): void {
  for (const node of nodesOf(options)) machines.add(node)
  const { coreDNS, kubeProxy, storageClass } = options.addons ?? {}
  const client = plane.client(ADMIN, { userAgent: 'kubeadm' })
  const { version = DEFAULTS.version, network } = options
  if (coreDNS === true)
    installCoreDNS(client, {
      image: componentImage(version, 'coredns'),
      taints: controlPlaneMarks(minorOf(version)).taints,
    })
  if (kubeProxy === true)
    installKubeProxy(client, {
      version: releaseOf(version),
      podCIDR: network?.podCIDR ?? DEFAULTS.podCIDR,
      advertiseAddress: plane.pki.config.advertiseAddress,
    })
  if (storageClass === true) client.create('storageclasses', STANDARD)
}

/** Sets up machines on which `kubeadm init` has not run: nothing listens, and there are no certificates. */
function setUpBareMachines(plane: ControlPlane, options: ClusterOptions): void {
  plane.simulation.slice('extension', BARE_MACHINES, () => nodesOf(options))
  plane.setApiserverDown(true)
  for (const path of plane.pki.paths()) plane.pki.remove(path)
}
