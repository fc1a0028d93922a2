import type { KubeObject } from '../../api/definition.js'
import type { Draft } from '../../api/draft.js'
import { shareParts } from '../../api/schema/share.js'

/** More rows than these are not remembered at a time. */
const MOST_ROWS = 200

interface WithSpec extends KubeObject {
  readonly spec: Readonly<Record<string, unknown>>
}

/**
 * The last object of each row: objects that are created one after the other and are alike, as the pods of one
 * ReplicaSet. A new one shares with the last what their specs have in common, which is then neither kept
 * twice, nor frozen, nor validated again. A cache: nothing depends on it but speed.
 */
export class SharedSpecs {
  readonly #last = new Map<string, WithSpec>()

  /**
   * Takes the parts of the draft's spec that the last of its row has too from there. Nothing may write to
   * them any more.
   */
  share(draft: Draft<KubeObject>): void {
    const last = this.#last.get(rowOf(draft as KubeObject))
    if (last === undefined) return
    const { spec } = draft as unknown as { readonly spec: Record<string, unknown> }
    for (const name in spec) spec[name] = shareParts(spec[name], last.spec[name])
  }

  remember(object: KubeObject): void {
    if (this.#last.size >= MOST_ROWS) this.#last.clear()
    this.#last.set(rowOf(object), object as WithSpec)
  }
}

const rowOf = ({ metadata }: KubeObject): string => metadata.generateName ?? ''
