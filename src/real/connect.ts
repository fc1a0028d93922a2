import { InputError } from '../lang/input-error.js'
import { checkConnect, checkedCluster } from './inputs.js'
import { exactJson } from '../lang/json/exact-json.js'
import { parseExactJson } from '../lang/go/json.js'
import { produce } from 'immer'
import type { KubeObject } from '../api/kind/definition.js'
import { type Manifests, parseManifests } from '../api/manifests.js'
import { formatApiVersion } from '../api/api-version.js'
import { createScheme, type Scheme } from '../api/scheme.js'
import { isApiError } from '../client/api-error.js'
import { keyOfName, type NamespacedName } from '../cluster/object-name.js'
import { splitWords } from '../kubectl/call/words.js'
import { type Duration, toMillis } from '../sim/duration.js'
import { type RealClusterOptions, runKubectl, runOrThrow } from './kubectl-process.js'
import type { CommandResult } from '../cluster/streams/pod-streams.js'
import type { TestCluster } from './test-cluster.js'

/** Time between two looks of `until`, in ms. */
const LOOK = 250
const MAX_CONFLICTS = 5

/**
 * Connects to a real cluster, through kubectl, which knows every way to authenticate. Creates nothing.
 * @throws Error if kubectl is missing or cannot reach the cluster
 * @example const cluster = await connect({ kubeconfig: 'kind.kubeconfig' })
 */
export async function connect(options: RealClusterOptions = {}): Promise<TestCluster> {
  checkConnect(options)
  const cluster = new RealCluster(options)
  const { exitCode, stderr } = await cluster.kubectl(['version', '--output=json'])
  if (exitCode !== 0) throw new Error(`kubectl cannot reach the cluster: ${stderr.trim()}`)
  return cluster
}

class RealCluster implements TestCluster {
  readonly kind = 'real' as const
  readonly namespace: string
  readonly #options: RealClusterOptions
  readonly #scheme: Scheme = createScheme('v1.35')

  constructor(options: RealClusterOptions) {
    this.#options = options
    this.namespace = options.namespace ?? 'default'
    checkedCluster(this)
  }

  in(namespace: string): TestCluster {
    return new RealCluster({ ...this.#options, namespace })
  }

  async get<R extends string>(resource: R, name: NamespacedName): Promise<never> {
    return (await this.#object(['get', ...this.#named(resource, name)])) as never
  }

  async list(
    resource: string,
    { namespace = this.namespace, labelSelector, fieldSelector }: Parameters<TestCluster['list']>[1] = {},
  ): Promise<never> {
    const words = ['get', resource, ...(this.#isNamespaced(resource) ? [`--namespace=${namespace}`] : [])]
    if (labelSelector !== undefined) words.push(`--selector=${labelSelector}`)
    if (fieldSelector !== undefined) words.push(`--field-selector=${fieldSelector}`)
    return ((await this.#object(words)) as unknown as { readonly items: readonly KubeObject[] })
      .items as never
  }

  async create(resource: string, object: object): Promise<never> {
    return (await this.#object(['create', '--filename=-'], this.#complete(resource, object))) as never
  }

  async patch(
    resource: string,
    name: NamespacedName,
    { type, body }: Parameters<TestCluster['patch']>[2],
  ): Promise<never> {
    const words = ['patch', ...this.#named(resource, name), `--type=${type}`, `--patch=${exactJson(body)}`]
    return (await this.#object(words)) as never
  }

  async edit(resource: string, name: NamespacedName, recipe: (draft: never) => void): Promise<never> {
    for (let conflicts = 0; ; conflicts++) {
      const current: KubeObject = await this.get(resource, name)
      const next = produce(current, (draft) => recipe(draft as never))
      try {
        return (next === current ? current : await this.#object(['replace', '--filename=-'], next)) as never
      } catch (error) {
        if (!isApiError(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error
      }
    }
  }

  async delete(resource: string, name: NamespacedName): Promise<void> {
    await this.#done(['delete', ...this.#named(resource, name), '--wait=false'])
  }

  async apply(manifests: Manifests): Promise<void> {
    const list = { apiVersion: 'v1', kind: 'List', items: parseManifests(manifests) }
    await this.#done(['apply', '--filename=-', `--namespace=${this.namespace}`], exactJson(list))
  }

  async kubectl(command: string | readonly string[]): Promise<CommandResult> {
    const words = typeof command === 'string' ? splitWords(command) : command
    return this.#run(words[0] === 'kubectl' ? words.slice(1) : words)
  }

  exec(pod: NamespacedName, command: string | readonly string[]): Promise<CommandResult> {
    const words = typeof command === 'string' ? ['sh', '-c', command] : command
    return this.#run(['exec', ...this.#named('', pod).slice(1), '--', ...words])
  }

  async logs(
    pod: NamespacedName,
    { container, previous = false }: { readonly container?: string; readonly previous?: boolean } = {},
  ): Promise<string> {
    const words = ['logs', ...this.#named('', pod).slice(1), `--previous=${previous}`]
    return (await this.#done(container === undefined ? words : [...words, `--container=${container}`])).stdout
  }

  async can(
    verb: string,
    resource: string,
    { as, namespace = this.namespace }: { readonly as?: string; readonly namespace?: string } = {},
  ): Promise<boolean> {
    const words = ['auth', 'can-i', verb, resource, `--namespace=${namespace}`]
    return (await this.#run(as === undefined ? words : [...words, `--as=${as}`])).exitCode === 0
  }

  async until(
    predicate: (cluster: TestCluster) => boolean | Promise<boolean>,
    { timeout = '2m' }: { readonly timeout?: Duration } = {},
  ): Promise<boolean> {
    for (let left = toMillis(timeout); ; left -= LOOK) {
      if (await predicate(this)) return true
      if (left <= 0) return false
      await waitFor(LOOK)
    }
  }

  async advance(duration: Duration): Promise<void> {
    const { longestWait = '5m' } = this.#options
    if (toMillis(duration) > toMillis(longestWait))
      throw new InputError(
        `a real cluster would have to wait ${String(duration)}; the most is ${String(longestWait)} ` +
          '(option longestWait)',
      )
    await waitFor(toMillis(duration))
  }

  async close(): Promise<void> {
    return undefined
  }

  #isNamespaced(resource: string): boolean {
    return this.#scheme.byName(resource)?.namespaced !== false
  }

  /** Words that name an object: resource, name, namespace. */
  #named(resource: string, name: NamespacedName): readonly string[] {
    const key = keyOfName(name, this.namespace, { scheme: this.#scheme, resource })
    const words = [resource, key.name ?? '']
    return this.#isNamespaced(resource) ? [...words, `--namespace=${key.namespace ?? ''}`] : words
  }

  /** Adds what the resource says: apiVersion, kind, and the current namespace. */
  #complete(resource: string, object: object): KubeObject {
    const known = this.#scheme.byName(resource)
    const { metadata, ...rest } = object as KubeObject
    const isPlaced = this.#isNamespaced(resource) && metadata?.namespace === undefined
    const type = known === undefined ? {} : { apiVersion: formatApiVersion(known), kind: known.kind }
    return { ...type, ...rest, metadata: isPlaced ? { ...metadata, namespace: this.namespace } : metadata }
  }

  async #object(words: readonly string[], sent?: object): Promise<KubeObject> {
    const { stdout } = await this.#done([...words, '--output=json'], sent && exactJson(sent))
    return parseExactJson(stdout) as KubeObject
  }

  #done(words: readonly string[], input?: string): Promise<CommandResult> {
    return runOrThrow(this.#options, words, input)
  }

  #run(words: readonly string[]): Promise<CommandResult> {
    return runKubectl(this.#options, words)
  }
}

// bounded: longestWait
const waitFor = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))
