import type { KubeObject } from '../../api/kind/definition.js'
import type { Draft } from '../../api/kind/draft.js'
import { shareParts } from '../../api/schema/share.js'

/** Most objects that are remembered. */
const MOST_OBJECTS = 200

interface WithSpec extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>
}

/**
 * The last created object by `generateName`. A new object with the same one, such as the next pod of a
 * ReplicaSet, shares the equal parts of its spec with it; they are then neither kept twice, nor frozen or
 * validated again. A cache: only speed depends on it. Figures: docs/decisions/apiserver-write-path.md.
 */
export class SpecSharing {
  readonly #last = new Map<string, WithSpec>()

  /**
   * Replaces parts of the draft's spec by the equal parts of the remembered object. Nothing may write to the
   * spec afterwards.
   */
  share(draft: Draft<KubeObject>): void {
    const last = this.#last.get(keyOf(draft as KubeObject))
    if (last === undefined) return
    const { spec } = draft as unknown as { readonly spec: Record<string, unknown> }
    for (const name in spec) spec[name] = shareParts(spec[name], last.spec[name])
  }

  remember(object: KubeObject): void {
    if (this.#last.size >= MOST_OBJECTS) this.#last.clear()
    this.#last.set(keyOf(object), object as WithSpec)
  }
}

const keyOf = ({ metadata }: KubeObject): string => metadata.generateName ?? ''
