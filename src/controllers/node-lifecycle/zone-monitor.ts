import type { Node } from '../../api/core/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Slice } from '../../sim/module.js'
import { factsOf } from './node-facts.js'
import type { NoExecuteTainter } from './no-execute.js'
import type { NodeLifecycleSettings } from './options.js'
import type { ZoneCount, ZoneState } from './zones.js'
import { computeZoneState, disruptionStep, evictionRateOf } from './zones.js'

/** What happens to the zones of a cluster as their nodes come, go, fall silent and return. */
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

  /** Makes the zone of a node known. Source: addPodEvictorForNewZone. */
  open(node: Node): void {
    const { zone } = factsOf(node)
    if (this.#states.value.has(zone)) return
    this.#states.value.set(zone, 'Initial')
    this.#tainter.openZone(zone)
  }

  /**
   * Sets the eviction rates by what this pass has counted. `onLeaving` is called when the master disruption
   * ends: all nodes are then taken to have been seen now. Source: node_lifecycle_controller.go
   * handleDisruption.
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
