import type { Lease } from '../../api/coordination/generated.js'
import type { Node, Pod } from '../../api/core/generated.js'
import { isApiError } from '../../client/api-error.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informers/informer.js'
import { formatMicroTime, formatTime } from '../../lang/go/time.js'
import type { Heartbeats } from '../../client/heartbeats.js'
import type { Slice } from '../../sim/modules/module.js'
import { isRequestFailure, type QuietPasses } from '../shared/queue.js'
import type { NodeHealth } from './health.js'
import {
  isSilent,
  newNodeHealth,
  observe,
  observeHeartbeat,
  observeRenewal,
  unknownConditions,
} from './health.js'
import type { NoExecuteTainter } from './no-execute.js'
import type { NodeWriter } from './node-writer.js'
import type { NodeLifecycleSettings } from './options.js'
import type { ZoneCount, ZoneState } from './zones.js'
import { computeZoneState, disruptionStep, evictionRateOf, factsOf } from './zones.js'
import { BY_NODE } from '../shared/ownership.js'

/** Number of attempts of one pass to write a node's status. Source: NodeHealthUpdateRetry. */
const WRITE_ATTEMPTS = 5

/** A node that the controller has registered. */
export interface KnownNode {
  readonly uid: string
  readonly health: NodeHealth
}

/** The dependencies of a {@link HealthMonitor}. */
interface HealthMonitorDependencies {
  readonly host: ComponentHost
  readonly settings: NodeLifecycleSettings
  readonly nodes: Informer<Node>
  readonly leases: Informer<Lease>
  readonly pods: Informer<Pod>
  readonly known: Slice<Map<string, KnownNode>>
  readonly writer: NodeWriter
  readonly tainter: NoExecuteTainter
  readonly zones: ZoneMonitor
}

/** The result of checking a node. */
interface CheckResult {
  /** The newest version of the node. */
  readonly node: Node
  /** Status of the Ready condition before the check. */
  readonly observed: string
  /** Status of the Ready condition after the check. */
  readonly current: string | undefined
}

/** Checks the health of all nodes. Source: node_lifecycle_controller.go monitorNodeHealth. */
export class HealthMonitor {
  readonly #dependencies: HealthMonitorDependencies
  readonly #retry: Slice<Set<string>>
  /** No node turns silent before this virtual ms. */
  #calmUntil = 0

  constructor(dependencies: HealthMonitorDependencies) {
    this.#dependencies = dependencies
    this.#retry = dependencies.host.state('nodes-to-retry', () => new Set<string>())
  }

  /** Runs one pass. A healthy node costs a few look-ups, no allocation and no request. */
  pass(): void {
    const { nodes, zones, tainter, known, host } = this.#dependencies
    host.heartbeats?.checked(host.clock.now())
    host.heartbeats?.take(() => undefined) // the informers have them too
    this.#calmUntil = 0
    const list = nodes.list()
    this.#register(list)
    const counts = new Map<string, ZoneCount>()
    for (const node of list) this.#check(node, counts)
    zones.update(counts, list, () => {
      for (const { health } of known.value.values()) health.probe = host.clock.now()
    })
    tainter.schedule()
  }

  /** Joins a quiet spell, in which no node turns silent, with passes that only hear of nodes. */
  joinQuiet(): QuietPasses | undefined {
    const { heartbeats } = this.#dependencies.host
    if (heartbeats === undefined) return undefined
    let last: number | undefined
    const accepts = (now: number): boolean => {
      if (now >= this.#calmUntil) this.#calmUntil = this.#nextSilence(heartbeats, now)
      return now < this.#calmUntil
    }
    const pass = (now: number): void => {
      last = now
      heartbeats.checked(now)
    }
    const mayReach = (): boolean => last !== undefined && this.#renewalsSuffice(heartbeats, last)
    const leap = { settles: this.#dependencies.settings.monitorPeriod, mayReach }
    return { accepts, pass, leave: () => last !== undefined && this.#hear(heartbeats, last), leap }
  }

  /**
   * Whether no node turns silent as long as leases are renewed as up to `now`. A kubelet renews its lease
   * after a quarter of its duration and a little more; this counts with a half.
   */
  #renewalsSuffice(heartbeats: Heartbeats, now: number): boolean {
    const { nodes, leases, known, settings } = this.#dependencies
    const renewed = new Map<string, number>()
    heartbeats.peek(now, (node, kind, time) => void (kind === 'lease' && renewed.set(node, time)))
    const enough = settings.monitorGracePeriod - settings.monitorPeriod
    return nodes.list().every((node) => {
      const { name } = node.metadata as { name: string }
      if (known.value.get(name)?.health.ready === 'Unknown') return true
      const { leaseDurationSeconds } = leases.get(factsOf(node).leaseKey)?.spec ?? {}
      const most = (leaseDurationSeconds ?? Infinity) * 500
      return most <= enough && now - (renewed.get(name) ?? -Infinity) <= most
    })
  }

  /** Records the heartbeats before the pass at `last`, each as the first pass after it would have. */
  #hear(heartbeats: Heartbeats, last: number): void {
    const { known } = this.#dependencies
    heartbeats.take((node, kind, time) => {
      const health = known.value.get(node)?.health
      if (health === undefined) return
      const { probe } = health
      const pass = this.#passAfter(time, last)
      if (kind === 'lease') observeRenewal(health, formatMicroTime(time), pass)
      else observeHeartbeat(health, formatTime(time), pass)
      health.probe = Math.max(health.probe, probe)
    })
  }

  /** Returns the time of the first pass after `time`, given a later one. */
  #passAfter(time: number, later: number): number {
    const { monitorPeriod } = this.#dependencies.settings
    return later - Math.floor((later - time - 1) / monitorPeriod) * monitorPeriod
  }

  /** Returns the virtual ms at which a node turns silent unless it is heard of again, as of `now`. */
  #nextSilence(heartbeats: Heartbeats, now: number): number {
    const { known, settings } = this.#dependencies
    const heard = new Map<string, number>()
    heartbeats.peek(now, (node, kind, time) => {
      // before its first renewal is seen, a lease counts as heard of whatever its time is
      if (kind === 'lease' && known.value.get(node)?.health.renewTime !== undefined)
        heard.set(node, this.#passAfter(time, now))
    })
    let next = Infinity
    for (const [name, { health }] of known.value) {
      if (health.ready === 'Unknown') continue
      const probe = Math.max(health.probe, heard.get(name) ?? 0)
      const { startupGracePeriod, monitorGracePeriod } = settings
      next = Math.min(next, probe + (health.ready === undefined ? startupGracePeriod : monitorGracePeriod))
    }
    return next
  }

  #register(list: readonly Node[]): void {
    const { host, known, zones, tainter, writer, nodes } = this.#dependencies
    const isNew = (node: Node): boolean => !known.value.has(node.metadata.name as string)
    for (const node of list) if (!isNew(node)) zones.open(node)
    for (const node of list) {
      if (!isNew(node)) continue
      const { name, uid } = node.metadata as { name: string; uid: string }
      writer.recordNodeEvent(name, uid, 'RegisteredNode', `Registered Node ${name} in Controller`)
      known.value.set(name, { uid, health: newNodeHealth(node, factsOf(node).ready, host.clock.now()) })
      zones.open(node)
      tainter.markReachable(node)
    }
    if (known.value.size === list.length) return
    for (const [name, { uid }] of [...known.value]) {
      if (nodes.get(name)) continue
      writer.recordNodeEvent(name, uid, 'RemovingNode', `Removing Node ${name} from Controller`)
      known.value.delete(name)
      this.#retry.value.delete(name)
    }
  }

  #check(node: Node, counts: Map<string, ZoneCount>): void {
    const { known, settings, leases, host, tainter } = this.#dependencies
    const { health } = known.value.get(node.metadata.name as string) as KnownNode
    const { ready, leaseKey, zone, excluded } = factsOf(node)
    const before = health.ready
    const now = host.clock.now()
    observe(health, ready, leases.get(leaseKey), now)
    if (ready?.status !== 'True' || isSilent(health, settings.monitorGracePeriod, now)) {
      return this.#checkUnhealthy(node, before, counts)
    }
    if (!excluded) count(counts, zone, true)
    if (before !== 'True') this.#report({ node, observed: 'True', current: 'True' })
    tainter.markReachable(node)
    this.#retry.value.delete(node.metadata.name as string)
  }

  #checkUnhealthy(node: Node, before: string | undefined, counts: Map<string, ZoneCount>): void {
    const name = node.metadata.name as string
    const { health } = this.#dependencies.known.value.get(name) as KnownNode
    const result = this.#updateHealth(node, health)
    if (!result) return
    const { zone, excluded } = factsOf(node)
    if (!excluded) count(counts, zone, result.current === 'True')
    if (result.current !== undefined && result.current !== before) this.#report(result)
    if (result.current === 'True') this.#dependencies.tainter.markReachable(result.node)
    else if (result.current !== undefined && !this.#handleNotReady(name, result)) return
    this.#retry.value.delete(name)
  }

  /**
   * Observes the heartbeat, and sets the conditions of an unresponsive node to Unknown; returns undefined if
   * they could not be written.
   */
  #updateHealth(listed: Node, health: NodeHealth): CheckResult | undefined {
    const { host, settings, leases, writer } = this.#dependencies
    const now = host.clock.now()
    let node = listed
    for (let attempts = 0; attempts < WRITE_ATTEMPTS; attempts++) {
      const { ready, leaseKey } = factsOf(node)
      observe(health, ready, leases.get(leaseKey), now)
      const observed = ready?.status ?? 'Unknown'
      const grace = ready ? settings.monitorGracePeriod : settings.startupGracePeriod
      if (!isSilent(health, grace, now)) return { node, observed, current: ready?.status }
      if (ready?.status === 'Unknown') return { node, observed, current: 'Unknown' }
      try {
        const written = writer.setConditions(node, unknownConditions(node, now))
        observe(health, factsOf(written).ready, undefined, now)
        return { node: written, observed, current: 'Unknown' }
      } catch (error) {
        const fresh = this.#afterFailedWrite(node, error)
        if (!fresh) return undefined
        node = fresh
      }
    }
    return undefined
  }

  #afterFailedWrite(node: Node, error: unknown): Node | undefined {
    if (!isRequestFailure(error)) throw error
    const { host } = this.#dependencies
    host.log('error', `Error updating node ${node.metadata.name as string}: ${error.message}`)
    if (!isApiError(error, 'Conflict')) return undefined
    try {
      return host.client.get('nodes', node.metadata)
    } catch (again) {
      if (!isRequestFailure(again)) throw again
      return undefined
    }
  }

  /** Taints the node and marks its pods; returns false if pods must be marked again in the next pass. */
  #handleNotReady(name: string, { node, observed, current }: CheckResult): boolean {
    const { tainter, writer, pods } = this.#dependencies
    tainter.handleNotReady(node, current as string)
    const turned = observed === 'True'
    if (turned) writer.recordNotReady(node)
    if (!turned && !this.#retry.value.has(name)) return true
    if (writer.markPodsNotReady(pods.byIndex(BY_NODE, name))) return true
    this.#retry.value.add(name)
    return false
  }

  #report({ node, current }: CheckResult): void {
    const { bus, clock } = this.#dependencies.host
    if (!bus.has('nodeCondition')) return
    bus.emit('nodeCondition', {
      time: clock.now(),
      node: node.metadata.name as string,
      status: current as 'True' | 'False' | 'Unknown',
      reason: factsOf(node).ready?.reason ?? '',
    })
  }
}

function count(counts: Map<string, ZoneCount>, zone: string, ready: boolean): void {
  let zoneCount = counts.get(zone)
  if (!zoneCount) counts.set(zone, (zoneCount = { ready: 0, notReady: 0 }))
  if (ready) zoneCount.ready++
  else zoneCount.notReady++
}

/** Tracks the states of zones and sets the eviction rates by them. */
export class ZoneMonitor {
  readonly #host: ComponentHost
  readonly #settings: NodeLifecycleSettings
  readonly #tainter: NoExecuteTainter
  readonly #states: Slice<Map<string, ZoneState>>

  constructor(host: ComponentHost, settings: NodeLifecycleSettings, tainter: NoExecuteTainter) {
    this.#host = host
    this.#settings = settings
    this.#tainter = tainter
    this.#states = host.state('zones', () => new Map<string, ZoneState>())
  }

  /** Registers the zone of a node. Source: addPodEvictorForNewZone. */
  open(node: Node): void {
    const { zone } = factsOf(node)
    if (this.#states.value.has(zone)) return
    this.#states.value.set(zone, 'Initial')
    this.#tainter.openZone(zone)
  }

  /**
   * Sets the eviction rates from the counts of this pass. `onLeaving` is called when master disruption ends,
   * so that all nodes get a new grace period. Source: node_lifecycle_controller.go handleDisruption.
   */
  update(counts: ReadonlyMap<string, ZoneCount>, nodes: readonly Node[], onLeaving: () => void): void {
    const states = this.#states.value
    const now = new Map<string, ZoneState>()
    for (const [zone, count] of counts)
      now.set(zone, computeZoneState(count, this.#settings.unhealthyZoneThreshold))
    for (const zone of [...states.keys()]) if (!now.has(zone)) states.delete(zone)
    const step = disruptionStep(states, now)
    if (!step) return
    if (step.kind === 'enter') return this.#enterMasterDisruption(nodes)
    if (step.kind === 'leave') {
      this.#host.log('info', 'Controller detected that some Nodes are Ready. Exiting master disruption mode')
      onLeaving()
    }
    for (const [zone, state] of step.states) {
      const { ready, notReady } = counts.get(zone) as ZoneCount
      this.#tainter.setRate(zone, evictionRateOf(state, ready + notReady, this.#settings))
      states.set(zone, state)
    }
  }

  #enterMasterDisruption(nodes: readonly Node[]): void {
    this.#host.log(
      'info',
      'Controller detected that all Nodes are not-Ready. Entering master disruption mode',
    )
    for (const node of nodes) this.#tainter.markReachable(node)
    for (const zone of this.#states.value.keys()) {
      this.#tainter.setRate(zone, 0)
      this.#states.value.set(zone, 'FullDisruption')
    }
  }
}
