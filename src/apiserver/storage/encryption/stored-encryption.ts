import type { KubeObject } from '../../../api/kind/definition.js'
import { valueBytes } from '../../../etcd/mvcc/value.js'
import type { KeyValue } from '../../../etcd/version.js'
import { quote } from '../../../lang/go/quote.js'
import type { RandomStream } from '../../../sim/random.js'
import { internalError } from '../../errors.js'
import type { Resources } from '../../registry/resources.js'
import type { Encryption } from './configuration.js'
import { type Transformer, TransformError } from './transformers.js'

/** A value that identity leaves as it is, and all others refuse. */
const CLEAR = Uint8Array.of(123, 125)

/** Encrypts and decrypts the values of an etcd, as `--encryption-provider-config` says. */
export class StoredEncryption {
  readonly #encryption: Encryption
  readonly #resources: Resources
  readonly #random: (length: number) => Uint8Array
  /** The objects of what was written, as long as the etcd has it. */
  readonly #written = new WeakMap<object, { readonly key: string; readonly object: KubeObject }>()

  /** Nonces are drawn from `random`. */
  constructor(encryption: Encryption, resources: Resources, random: RandomStream) {
    this.#encryption = encryption
    this.#resources = resources
    this.#random = (length) => Uint8Array.from({ length }, () => random.int(0, 255))
  }

  /** Whether there is a rule for the resource of a key. */
  covers(key: string): boolean {
    return this.#transformer(key) !== undefined
  }

  /** Returns what to store instead of an object; undefined if that is the object itself. */
  seal(key: string, object: KubeObject): Uint8Array | undefined {
    const transformer = this.#transformer(key)
    if (transformer === undefined) return undefined
    const clear = valueBytes(object)
    const sealed = transformer.seal(clear, { key, random: this.#random })
    if (sealed === clear) return undefined
    this.#written.set(sealed, { key, object })
    return sealed
  }

  /** Returns the object whose encrypted form {@link seal} has returned, if a version has it. */
  written({ key, value, modRevision }: KeyValue): KubeObject | undefined {
    const written = this.#written.get(value)
    // another client of etcd may have copied the value
    const isIt = written?.key === key && written.object.metadata.resourceVersion === String(modRevision)
    return isIt ? written.object : undefined
  }

  /** Returns a version with its clear value. @throws ApiError 500 with upstream's text for a get or a list */
  open(kv: KeyValue, isOfList: boolean): KeyValue {
    const transformer = this.#transformer(kv.key)
    if (transformer === undefined) return kv
    try {
      const { clear } = transformer.open(valueBytes(kv.value), { key: kv.key, random: this.#random })
      return { ...kv, value: clear }
    } catch (error) {
      if (!(error instanceof TransformError)) throw error
      throw internalError(
        isOfList ? `unable to transform key ${quote(kv.key)}: ${error.message}` : error.message,
      )
    }
  }

  /** Whether a write would store the value in another way. @throws TransformError if it cannot be read */
  isStale({ key, value }: KeyValue): boolean {
    const bytes = value instanceof Uint8Array ? value : CLEAR
    return this.#transformer(key)?.open(bytes, { key, random: this.#random }).isStale === true
  }

  #transformer(key: string): Transformer | undefined {
    const resource = this.#resources.ofKey(key)
    return resource && this.#encryption(resource)
  }
}
