/** What a server chooses, and a client sends back. */
const UID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

interface Metadata {
  readonly uid?: unknown
  readonly resourceVersion?: unknown
  readonly continue?: unknown
  readonly creationTimestamp?: unknown
  readonly name?: unknown
  readonly generateName?: unknown
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

/**
 * Knows where values in the responses of a recording came from, so that a request that sends one back can be
 * played on another server, which chooses others: `${3:metadata.uid}` is a field of the response to step 3.
 */
export class RecordedReferences {
  /** Values that are unique wherever they stand: uids, generated names, and tokens of lists. */
  readonly #values = new Map<string, string>()
  readonly #versions = new Map<string, string>()
  readonly #times = new Map<string, string>()

  /** Notes what the server has chosen in the response to a step. */
  learn(step: number, value: unknown, path = ''): void {
    if (Array.isArray(value)) value.forEach((item, at) => this.learn(step, item, `${path}[${at}]`))
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    const within = path === '' ? '' : `${path}.`
    const { metadata } = value as { readonly metadata?: Metadata }
    if (metadata !== undefined) this.#learnMetadata(step, metadata, `${within}metadata`)
    for (const [key, member] of Object.entries(value))
      if (key !== 'metadata') this.learn(step, member, within + key)
  }

  #learnMetadata(step: number, metadata: Metadata, path: string): void {
    const { uid, resourceVersion, creationTimestamp, name, generateName } = metadata
    const reference = (field: string): string => `\${${step}:${path}.${field}}`
    if (isText(uid) && UID.test(uid)) this.#values.set(uid, reference('uid'))
    if (isText(metadata.continue)) this.#values.set(metadata.continue, reference('continue'))
    if (isText(resourceVersion)) this.#versions.set(resourceVersion, reference('resourceVersion'))
    if (isText(creationTimestamp)) this.#times.set(creationTimestamp, reference('creationTimestamp'))
    const isGenerated = isText(name) && isText(generateName) && name.startsWith(generateName.slice(0, 58))
    if (isGenerated && name !== generateName) this.#values.set(name, reference('name'))
  }

  /** Returns a path or a body with references in place of what the server has chosen. */
  replaceIn(text: string): string {
    const known =
      (values: ReadonlyMap<string, string>) =>
      (all: string, before: string, value: string): string =>
        values.has(value) ? before + (values.get(value) ?? '') : all
    let result = text
      .replaceAll(/(resourceVersion=|"resourceVersion":\s*")(\d+)/g, known(this.#versions))
      .replaceAll(/("creationTimestamp":\s*")([^"]+)/g, known(this.#times))
    for (const [value, reference] of this.#values)
      for (const form of new Set([value, encodeURIComponent(value)]))
        result = result.replaceAll(form, () => reference)
    return result
  }
}
