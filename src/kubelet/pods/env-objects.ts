import { secretData } from '../runtime/volumes.js'
import type { ApiObjects } from './api-objects.js'
import { EnvFile } from './env-file.js'

/** Where the variables of containers come from. */
export interface EnvSources {
  readonly objects: ApiObjects
  /** The variables of services. Called only if a value refers to a variable. */
  readonly serviceEnv: () => Readonly<Record<string, string>>
  /**
   * Reads a file of a mounted volume; undefined if there is none. Kubelets without EnvFiles have no such
   * source.
   */
  readonly readVolume?: (volume: string, path: string) => string | undefined
}

type Texts = Readonly<Record<string, string>>

/**
 * What the variables of one container refer to, each read once: thousands of variables may name one Secret.
 * Source: pkg/kubelet/kubelet_pods.go makeEnvironmentVariables.
 */
export class EnvObjects {
  readonly #sources: EnvSources
  readonly #texts = new Map<string, Texts>()
  readonly #files = new Map<string, EnvFile | undefined>()

  constructor(sources: EnvSources) {
    this.#sources = sources
  }

  /**
   * Returns the texts of a ConfigMap, without binary ones; undefined if it is missing and `optional`.
   * @throws ConfigFault
   */
  configMap(namespace: string, name: string, optional: boolean | undefined): Texts | undefined {
    return this.#once(`configmap/${namespace}/${name}`, () => {
      const object = this.#sources.objects.configMap(namespace, name, optional)
      return object && (object.data ?? {})
    })
  }

  /** Returns the texts of a Secret; undefined if it is missing and `optional`. @throws ConfigFault */
  secret(namespace: string, name: string, optional: boolean | undefined): Texts | undefined {
    return this.#once(`secret/${namespace}/${name}`, () => {
      const object = this.#sources.objects.secret(namespace, name, optional)
      return object && secretData(object)
    })
  }

  /** Returns a file of a volume; undefined if there is none. */
  file(volume: string, path: string): EnvFile | undefined {
    const key = `${volume}\0${path}`
    if (!this.#files.has(key)) {
      const text = this.#sources.readVolume?.(volume, path)
      this.#files.set(key, text === undefined ? undefined : new EnvFile(text))
    }
    return this.#files.get(key)
  }

  #once(key: string, read: () => Texts | undefined): Texts | undefined {
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const texts = read()
    if (texts !== undefined) this.#texts.set(key, texts)
    return texts
  }
}
