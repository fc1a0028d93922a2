import type { EndpointSlice } from '../../api/discovery/generated.js'
import type { ComponentHost } from '../../client/component.js'
import type { Informer } from '../../client/informer.js'
import type { Slice } from '../../sim/module.js'

/**
 * What a controller has written last, by owner, so that it does not act on a view from before that. Source:
 * k8s.io/endpointslice EndpointSliceTracker.
 */
export class WrittenSlices {
  readonly #revisions: Slice<Map<string, number>>
  /** Owners that were passed over because the view was behind. */
  readonly #waiting: Slice<Set<string>>
  readonly #slices: Pick<Informer<EndpointSlice>, 'seen'>

  constructor(host: ComponentHost, slices: Pick<Informer<EndpointSlice>, 'seen'>) {
    this.#slices = slices
    this.#revisions = host.state('written', () => new Map<string, number>())
    this.#waiting = host.state('waiting', () => new Set<string>())
  }

  note(key: string, { metadata }: EndpointSlice): void {
    this.#revisions.value.set(key, Number(metadata.resourceVersion))
  }

  forget(key: string): void {
    this.#revisions.value.delete(key)
    this.#waiting.value.delete(key)
  }

  /**
   * Whether the view does not show yet what was written; then the change that shows it {@link concerns} the
   * owner.
   */
  isBehind(key: string): boolean {
    const revision = this.#revisions.value.get(key)
    if (revision === undefined || Number(this.#slices.seen ?? 0) >= revision) return false
    this.#waiting.value.add(key)
    return true
  }

  /**
   * Whether a change asks for another look: it is not what was written last, or the one that had to be waited
   * for.
   */
  concerns(key: string, { metadata }: EndpointSlice): boolean {
    return (
      this.#waiting.value.delete(key) || this.#revisions.value.get(key) !== Number(metadata.resourceVersion)
    )
  }
}
