import type { Node, Pod } from '../api/core/generated.js'
import { isMirrorPod } from '../api/core/conditions.js'
import { resourceAmounts } from '../api/core/pods/pod-resources.js'
import type { UserInfo } from '../client/client.js'
import type { Component, ComponentHost, DozingHost } from '../client/component.js'
import type { EventRecorder } from '../client/recorders/event-recorder.js'
import type { Change, Informer } from '../client/informers/informer.js'
import { entriesOf } from '../sim/data/lazy-map.js'
import type { Slice, Topic } from '../sim/modules/module.js'
import type { WorkQueue } from '../sim/modules/work-queue.js'
import { KubeletCredentials } from './certificates/credentials.js'
import { ContainerStopper } from './lifecycle/container-stopper.js'
import { CsiNode } from './node/csi-node.js'
import { EvictionManager } from './node/eviction-manager.js'
import { KubeletHeartbeats } from './node/heartbeats.js'
import { NodeLease } from './node/lease.js'
import type { NodeAgentDependencies } from './node/node-agent.js'
import { KubeletNodeAgent } from './node/node-agent.js'
import { allocatableOf, capacityOf } from './node/node-object.js'
import { ShutdownManager } from './node/shutdown-manager.js'
import type { KubeletOptions, KubeletTimings } from './options.js'
import { DEFAULT_KUBELET_TIMINGS } from './options.js'
import type { NodeUsage } from './pods/admission.js'
import { ApiObjects } from './pods/api-objects.js'
import { DeviceClaims, EVERY_DRIVER } from './pods/device-claims.js'
import { ContainerStarter } from './pods/container-starter.js'
import { MirrorManager, mirroredUid, staticPod, staticPodUid } from './pods/static-pods.js'
import { PodEvents } from './pods/pod-events.js'
import { PodKiller } from './pods/pod-killer.js'
import type { PodRecord } from './pods/pod-record.js'
import { newPodRecord } from './pods/pod-record.js'
import { updateRecord } from './pods/pod-update.js'
import { PodWorkers } from './pods/pod-workers.js'
import { Resizer } from './pods/resizer.js'
import { StatusManager } from './pods/status-manager.js'
import { Prober } from './prober/prober.js'
import type { KubeletRelease } from './release.js'
import { kubeletRelease } from './release.js'
import { RUNTIME_DOWN } from './node/conditions.js'
import type { RuntimeChange } from './runtime/runtime-api.js'
import { AWAITS_ATTACHMENT, VolumeMounter } from './volumes/volume-mounter.js'

/**
 * Creates the kubelet of one node: component `kubelet/<node>`, user `system:node:<node>`. It registers the
 * Node, renews its lease, posts its status and runs the pods that are bound to it on `options.runtime`.
 * Source: pkg/kubelet.
 */
export function createKubelet(options: KubeletOptions): Component {
  return {
    name: `kubelet/${options.node}`,
    subject: options.node,
    identity: kubeletIdentity(options.node),
    setup: (host) => new Kubelet(host, options).start(),
    doze: (host) => {
      const { leaseForm, statusForm, volumesForm } = heartbeatsOf(host, options)
      host.quietForm('lease', leaseForm)
      host.quietForm('status', statusForm)
      host.quietForm('volumes', volumesForm)
    },
  }
}

/** The user in a kubelet's certificate. */
export function kubeletIdentity(node: string): UserInfo {
  return { name: `system:node:${node}`, groups: ['system:nodes', 'system:authenticated'] }
}

const timingsOf = ({ timings }: KubeletOptions): KubeletTimings => ({
  ...DEFAULT_KUBELET_TIMINGS,
  ...timings,
})

function heartbeatsOf(host: DozingHost, options: KubeletOptions): KubeletHeartbeats {
  const { node, runtime } = options
  return new KubeletHeartbeats(host, { node, timings: timingsOf(options), measured: () => runtime.measured })
}

/** Completes `v1.35` to `v1.35.0`. */
function patchZero(version: string): string {
  return /^v\d+\.\d+$/.test(version) ? `${version}.0` : version
}

class Kubelet {
  readonly #host: ComponentHost
  readonly #options: KubeletOptions
  readonly #records: Slice<Map<string, PodRecord>>
  readonly #unsent: Slice<Set<string>>
  readonly #started: Slice<{ begun: boolean; manifestsRead: boolean }>
  readonly #pods: Informer<Pod>
  readonly #workers: PodWorkers
  readonly #statuses: StatusManager
  readonly #mirrors: MirrorManager
  readonly #agent: KubeletNodeAgent
  readonly #credentials: KubeletCredentials | undefined
  readonly #lease: NodeLease
  readonly #shutdown: ShutdownManager
  readonly #evictions: EvictionManager
  readonly #queue: WorkQueue
  readonly #machine: Topic
  readonly #start: Topic
  readonly #status: Topic
  readonly #heartbeats: KubeletHeartbeats

  constructor(host: ComponentHost, options: KubeletOptions) {
    this.#host = host
    this.#options = options
    const { node, runtime } = options
    const { client } = host
    // the process keeps the version that was installed at its start
    const version = host.state(
      'version',
      () => runtime.kubeletVersion ?? options.kubeletVersion ?? patchZero(host.version),
    ).peek
    const release = kubeletRelease(version)
    const timings = timingsOf(options)
    const recorder =
      options.events === false ? undefined : host.recorder({ component: 'kubelet', host: node })

    this.#credentials = this.#makeCredentials()
    this.#records = host.state('pods', () => new Map<string, PodRecord>())
    this.#unsent = host.state('unsent', () => new Set<string>())
    this.#started = host.state('started', () => ({ begun: false, manifestsRead: false }))
    this.#queue = host.workQueue('pods', (uid) => this.#sync(uid), { retryClass: 'watchdog' })
    const looks = host.handle('looks', (key) => this.#wake(key.slice(key.lastIndexOf('/') + 1)))
    const hooks = host.handle('hooks', (uid) => this.#wake(uid))
    this.#machine = host.handle('machine', (change) => this.#machineChanged(change as RuntimeChange))
    this.#start = host.handle('start', () => this.#starting())

    const heartbeats = (this.#heartbeats = heartbeatsOf(host, options))
    this.#status = host.handle('status', () => this.#statusTick(), { quiet: heartbeats.statusForm })
    const refresh = (uid: string): void => this.#workers.refreshVolumes(uid)
    const volumes = host.handle('volumes', refresh, { quiet: heartbeats.volumesForm })

    const nodes = this.#watchNode()
    this.#pods = host
      .informer('pods', { fieldSelector: `spec.nodeName=${node}` })
      .onChange((change) => this.#podChanged(change))

    this.#statuses = this.#makeStatuses(release)
    this.#mirrors = new MirrorManager({
      client,
      statuses: this.#statuses,
      node,
      log: (message) => this.#log(message),
    })
    this.#lease = new NodeLease(host, node, timings.leaseDuration, heartbeats)
    this.#agent = this.#makeAgent({
      version,
      statusReport: timings.statusReport,
      nodes,
      recorder,
      heartbeats,
    })
    const report = (): void => this.#agent.syncStatus()
    this.#shutdown = new ShutdownManager(host, {
      options,
      records: this.#records,
      recorder,
      wake: (uid) => this.#wake(uid),
      report,
    })
    this.#evictions = new EvictionManager(host, {
      options,
      records: this.#records,
      recorder,
      events: new PodEvents(recorder),
      wake: (uid) => this.#wake(uid),
      report,
    })
    this.#workers = this.#makeWorkers(release, recorder, { hooks, looks, volumes })
  }

  /** Called before everything else, since the credentials decide what the kubelet may see. */
  #makeCredentials(): KubeletCredentials | undefined {
    const {
      node,
      certificates,
      runtime,
      rotateCertificates = true,
      serverTLSBootstrap = false,
    } = this.#options
    if (certificates === undefined) return undefined
    const configuration = this.#host.state('configuration', () => ({
      rotateCertificates,
      serverTLSBootstrap,
      ...runtime.kubeletConfiguration,
    }))
    return new KubeletCredentials(this.#host, { node, certificates, configuration: configuration.peek })
  }

  #watchNode(): Informer<Node> {
    const nodes = this.#host.informer('nodes', { fieldSelector: `metadata.name=${this.#options.node}` })
    return nodes.onChange(({ object, old }) => {
      if (object.spec.podCIDR !== old?.spec.podCIDR) this.#report('network')
      if (object.status.volumesAttached !== old?.status.volumesAttached) this.#volumesAttached()
    })
  }

  #makeAgent(
    parts: Pick<NodeAgentDependencies, 'version' | 'statusReport' | 'nodes' | 'recorder' | 'heartbeats'>,
  ): KubeletNodeAgent {
    const options = this.#options
    const csiNode = new CsiNode(this.#host, options.node, kubeletRelease(parts.version).minor)
    return new KubeletNodeAgent(this.#host, {
      options,
      ...parts,
      onRegistered: (uid) => {
        this.#lease.renew()
        csiNode.initialize(uid)
        options.registered?.()
      },
      volumesInUse: () => this.#volumesInUse(),
      pressures: () => this.#evictions.pressures,
    })
  }

  #makeStatuses(release: KubeletRelease): StatusManager {
    const { client, clock } = this.#host
    const { runtime, internalIP: hostIP, secondIP, containerRuntimeVersion = 'containerd://' } = this.#options
    const runtimeName = containerRuntimeVersion.split('://')[0] as string
    return new StatusManager({
      client,
      clock,
      runtime,
      hostIP,
      secondHostIP: secondIP,
      release,
      runtimeName,
      unsent: this.#unsent,
      log: (message) => this.#log(message),
    })
  }

  #makeWorkers(
    release: KubeletRelease,
    recorder: EventRecorder | undefined,
    { hooks, looks, volumes }: Readonly<Record<'hooks' | 'looks' | 'volumes', Topic>>,
  ): PodWorkers {
    const { runtime, operatingSystem = 'linux', internalIP: hostIP, secondIP } = this.#options
    const objects = new ApiObjects(this.#host.client)
    const events = new PodEvents(recorder)
    const stopper = new ContainerStopper({ runtime, events, release, hostIP })
    // a probe ends no quiet time by itself: if its result changes something, it wakes the pod's worker
    const quiet = { join: () => undefined }
    const topic: Topic = this.#host.handle('probes', (key, payload) => prober.due(key, payload), { quiet })
    const prober: Prober = new Prober({
      clock: this.#host.clock,
      runtime,
      records: this.#records,
      events,
      release,
      hostIP,
      topic,
      changed: (record) => this.#readinessChanged(record),
    })
    const usage = this.#host.state<NodeUsage>('usage', () => ({ pods: 0, requests: {}, hostPorts: [] }))
    const allocatable = resourceAmounts(allocatableOf(capacityOf(this.#options), this.#options))
    const deferred = this.#host.state('deferred', () => new Set<string>())
    const resizer = new Resizer({
      clock: this.#host.clock,
      runtime,
      events,
      usage,
      allocatable,
      deferred,
      records: this.#records,
      looks,
      wake: (uid) => this.#wake(uid),
    })
    return new PodWorkers({
      clock: this.#host.clock,
      records: this.#records,
      usage,
      runtime,
      events,
      statuses: this.#statuses,
      mirrors: this.#mirrors,
      volumes: this.#makeMounter(release, objects, events),
      devices:
        release.minor < 34
          ? undefined
          : new DeviceClaims(objects, events, this.#options.deviceDrivers ?? EVERY_DRIVER),
      starter: new ContainerStarter({
        runtime,
        events,
        release,
        objects,
        hostIP,
        secondHostIP: secondIP,
        stopper,
        longestBackOff: this.#options.maxContainerRestartPeriod,
      }),
      killer: new PodKiller(runtime, stopper, release),
      stopper,
      prober,
      resizer: release.containerResources ? resizer : undefined,
      allocatable,
      operatingSystem,
      view: () => this.#agent,
      runtimeFault: (pod) => objects.runtimeFault(pod, this.#options.runtimeHandlers ?? []),
      pressure: (pod) => this.#evictions.admit(pod),
      hooks,
      looks,
      volumeTimers: volumes,
      wake: (uid) => this.#wake(uid),
    })
  }

  #makeMounter(release: KubeletRelease, objects: ApiObjects, events: PodEvents): VolumeMounter {
    return new VolumeMounter({
      node: this.#options.node,
      minor: release.minor,
      clock: this.#host.clock,
      objects,
      events,
      runtime: this.#options.runtime,
      attached: () => this.#agent.attachedVolumes,
      onInUse: () => this.#agent.syncStatus(),
    })
  }

  /** Reports probe results at once while the pod's worker waits for the runtime. */
  #readinessChanged(record: PodRecord): void {
    if (record.inFlight !== undefined || record.stage === 'terminating') this.#statuses.publish(record)
    this.#wake(record.uid)
  }

  /** Attaches to the machine and starts, unless that was done before this copy of the simulation was made. */
  start(): void {
    this.#options.runtime.onChange((change) => {
      if (change.startsWith('pod/')) this.#wake(change.slice('pod/'.length))
      else if (change.startsWith('task/'))
        this.#wake(change.slice('task/'.length, change.indexOf('/', 'task/'.length)))
      else this.#report(change)
    })
    if (this.#started.peek.begun) return
    this.#started.value.begun = true
    this.#start.wake('')
  }

  #log(message: string): void {
    this.#host.log('error', message)
  }

  #wake(uid: string): void {
    this.#queue.add(uid)
  }

  #report(change: RuntimeChange): void {
    this.#machine.wake(change)
  }

  #wakeForStatus(): void {
    this.#status.wakeAfter('', this.#heartbeats.nextTick(), { class: 'watchdog' })
  }

  #starting(): void {
    if (this.#credentials?.begin() === false) return
    this.#agent.announce()
    this.#readManifests()
    this.#started.value.manifestsRead = true
    for (const pod of [...this.#pods.list()]) if (isMirrorPod(pod)) this.#mirrorChanged('MODIFIED', pod)
    this.#agent.register()
    this.#wakeForStatus()
    for (const uid of this.#options.runtime.podUids()) this.#wake(uid)
  }

  /** Runs one sync of one pod. Before the first list, a pod that is missing in the API is not an orphan. */
  #sync(uid: string): void {
    if (!this.#records.peek.has(uid) && !this.#pods.synced) return
    if (!this.#options.runtime.responds) return // as in kubelet.go syncLoop: "Skipping pod synchronization"
    const before = this.#records.value.get(uid)?.stage
    this.#workers.sync(uid)
    if (before !== 'finished' && (this.#records.value.get(uid)?.stage ?? 'finished') === 'finished') {
      this.#shutdown.podEnded()
      this.#evictions.podEnded()
    }
  }

  #statusTick(): void {
    this.#wakeForStatus()
    this.#evictions.synchronize()
    this.#agent.syncStatus()
    for (const uid of this.#unsent.peek) this.#wake(uid)
    if (!this.#pods.synced) return
    for (const uid of this.#options.runtime.podUids()) if (!this.#records.peek.has(uid)) this.#wake(uid)
  }

  #machineChanged(change: RuntimeChange): void {
    if (change === 'manifests') this.#readManifests()
    else if (change === 'shutdown') this.#shutdown.signalled()
    else if (change === 'service') this.#serviceChanged()
    else this.#networkChanged()
  }

  /** Works on all pods again once the container runtime responds. */
  #serviceChanged(): void {
    this.#agent.syncStatus()
    if (!this.#options.runtime.responds)
      return this.#log(`"Skipping pod synchronization" err=${JSON.stringify(RUNTIME_DOWN)}`)
    for (const uid of this.#records.peek.keys()) this.#wake(uid)
    for (const uid of this.#options.runtime.podUids()) this.#wake(uid)
  }

  #networkChanged(): void {
    this.#agent.syncStatus()
    if (!this.#agent.networkReady) return
    for (const record of this.#records.value.values()) {
      if (!record.containers['']) continue
      delete record.containers['']
      this.#wake(record.uid)
    }
  }

  /** Wakes pods that wait for volumes. */
  #volumesAttached(): void {
    for (const { uid, containers } of this.#records.value.values()) {
      if (containers['']?.waiting?.reason !== AWAITS_ATTACHMENT) continue
      delete containers[''].waiting
      this.#wake(uid)
    }
  }

  /** Attachable volumes that pods of this node use, sorted. */
  #volumesInUse(): readonly string[] {
    const names = new Set<string>()
    for (const [, { volumesInUse = [] }] of entriesOf(this.#records.peek))
      for (const name of volumesInUse) names.add(name)
    return [...names].sort()
  }

  #readManifests(): void {
    const { runtime, node } = this.#options
    const wanted = new Set<string>()
    for (const [file, manifest] of runtime.manifests()) {
      const uid = staticPodUid(manifest, file, node)
      wanted.add(uid)
      if (this.#records.peek.has(uid)) continue
      this.#records.value.set(
        uid,
        newPodRecord(uid, staticPod(manifest, uid, node, this.#host.clock.now()), true),
      )
      this.#wake(uid)
    }
    for (const record of this.#records.value.values()) {
      if (!record.isStatic || wanted.has(record.uid)) continue
      record.removed = true
      this.#wake(record.uid)
    }
  }

  #podChanged({ type, object, old }: Change<Pod>): void {
    if (isMirrorPod(object)) return this.#mirrorChanged(type, object)
    if (old && old.metadata.uid !== object.metadata.uid) this.#podRemoved(old)
    if (type === 'DELETED') return this.#podRemoved(object)
    const uid = object.metadata.uid as string
    const record = this.#records.value.get(uid)
    if (!record) this.#records.value.set(uid, newPodRecord(uid, object, false))
    else if (!updateRecord(record, object)) return this.#options.runtime.replaceVersion(uid, object)
    this.#wake(uid)
  }

  #podRemoved(pod: Pod): void {
    const record = this.#records.value.get(pod.metadata.uid as string)
    if (!record) return
    record.pod = pod
    record.removed = true
    this.#workers.release(record)
    this.#wake(record.uid)
  }

  #mirrorChanged(type: Change<Pod>['type'], mirror: Pod): void {
    const record = this.#records.value.get(mirroredUid(mirror) as string)
    const { uid, namespace = 'default', name = '', resourceVersion, deletionTimestamp } = mirror.metadata
    if (!this.#started.peek.manifestsRead) return
    if (!record || record.removed) {
      // the machine has nothing behind this mirror pod
      if (type !== 'DELETED')
        this.#statuses.deleteMirror({ uid: uid as string, namespace, name }, uid as string)
    } else if (type === 'DELETED' || deletionTimestamp !== undefined) {
      if (this.#mirrors.lost(record, mirror)) this.#wake(record.uid)
    } else if (record.mirrorUid === uid && Number(resourceVersion) > record.version) {
      record.status = mirror.status
      record.version = Number(resourceVersion)
      this.#wake(record.uid)
    }
  }
}
