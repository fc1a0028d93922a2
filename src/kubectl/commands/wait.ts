import { quote } from '../../lang/go/quote.js'
import type { KubeObject } from '../../api/kind/definition.js'
import { ignoreNotFound, isApiError } from '../../client/api-error.js'
import type { Client } from '../../client/client.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { isFailure, KubectlError, throwCollected } from '../call/errors.js'
import { resourceNameOf } from '../args/kinds.js'
import { readManifests } from '../call/manifests.js'
import { evaluatePath, relaxedTemplate } from '../print/jsonpath.js'
import { printDone } from '../print/object.js'
import { goText } from '../print/go-template/format.js'
import type { ObjectTarget } from '../args/resource-args.js'
import { fetchTarget, selectResources, typed } from '../args/resource-args.js'
import { NOTHING_GIVEN } from '../args/selected.js'
import { waitForObject } from '../call/wait-until.js'

/** A week, which a negative timeout means. */
const LONGEST = 168 * 3_600_000

/** The condition to wait for. */
type Awaited =
  | { readonly kind: 'delete' }
  | { readonly kind: 'create' }
  | { readonly kind: 'object'; readonly isMet: (object: KubeObject) => boolean }

/** `kubectl wait --for=...`: moves virtual time until the condition holds. Source: kubectl pkg/cmd/wait. */
export const wait: KubectlCommand = {
  name: 'wait',
  run(call) {
    const { flags } = call
    const awaited = awaitedOf(flags.string('for'))
    const timeout = flags.duration('timeout') < 0 ? LONGEST : flags.duration('timeout')
    const targets = selected(call)
    const errors: Error[] = []
    let seen = 0
    if (awaited.kind === 'create') waitForCreation(call, targets, timeout)
    for (const target of targets.flatMap((one) => expanded(call, one, awaited, errors))) {
      seen++
      const object = waitFor(call, target, awaited, timeout)
      if (object instanceof Error) errors.push(object)
      else if (object !== undefined) printDone(call, target.definition, object, 'condition met', 'none')
    }
    if (seen === 0 && errors.length === 0 && awaited.kind !== 'delete')
      throw new KubectlError('no matching resources found')
    throwCollected(errors)
  },
}

function selected(call: CommandLine): readonly ObjectTarget[] {
  const { flags, args } = call
  if (flags.has('filename')) {
    const { infos, errors } = readManifests(call, { args })
    throwCollected(errors)
    return infos.map(({ definition, name, namespace }) => ({
      definition,
      name,
      ...(namespace === undefined ? {} : { namespace }),
    }))
  }
  if (args.length === 0) throw new KubectlError(NOTHING_GIVEN)
  return selectResources(call, args, {
    labelSelector: flags.string('selector'),
    fieldSelector: flags.string('field-selector'),
    allowEmptySelector: flags.bool('all'),
    allNamespaces: flags.bool('all-namespaces'),
  }).targets
}

interface Awaiting extends ObjectTarget {
  readonly name: string
  readonly object: KubeObject
}

/** Returns the current objects of a target. A named object must exist, unless its deletion is awaited. */
function expanded(
  call: CommandLine,
  target: ObjectTarget,
  { kind }: Awaited,
  errors: Error[],
): readonly Awaiting[] {
  const { definition } = target
  try {
    return fetchTarget(call.client, target).objects.map((object) => ({
      definition,
      object,
      name: object.metadata.name ?? '',
      ...(object.metadata.namespace === undefined ? {} : { namespace: object.metadata.namespace }),
    }))
  } catch (error) {
    if (!isFailure(error)) throw error
    if (kind !== 'delete' || !isApiError(error, 'NotFound')) errors.push(error)
    return []
  }
}

function waitForCreation(
  { client, env }: CommandLine,
  targets: readonly ObjectTarget[],
  timeout: number,
): void {
  for (const target of targets) {
    const isThere = (): boolean =>
      (ignoreNotFound(() => fetchTarget(client, target))?.objects.length ?? 0) > 0
    if (isThere()) continue
    if (!env.until(isThere, timeout)) throw new KubectlError('timed out waiting for the condition')
  }
}

/** Returns the object once the condition holds; undefined if nothing is to be printed. */
function waitFor(
  call: CommandLine,
  { definition, object, ...key }: Awaiting,
  awaited: Awaited,
  timeout: number,
): KubeObject | Error | undefined {
  const { client, env } = call
  const resource = resourceNameOf(definition)
  const what = `${definition.resource}/${key.name}`
  const late = new KubectlError(
    timeout === 0 ? `condition not met for ${what}` : `timed out waiting for the condition on ${what}`,
  )
  if (awaited.kind === 'create') return object
  if (awaited.kind === 'delete')
    return waitForObject(
      call,
      { definition, ...key },
      (now) => now?.metadata.uid !== object.metadata.uid,
      timeout,
    )
      ? object
      : late
  if (timeout > 0 && !mayWatch(client, resource, key)) {
    env.wait(timeout)
    return late
  }
  const { isMet: holds } = awaited
  let last: KubeObject | undefined = object
  const isMet = (now: KubeObject | undefined): boolean => {
    last = now
    return now !== undefined && holds(now)
  }
  return holds(object) || waitForObject(call, { definition, ...key }, isMet, timeout)
    ? typed(definition, last)
    : late
}

/** A user who may get but not watch an object never sees the condition become true. */
function mayWatch(
  client: Client,
  resource: ReturnType<typeof resourceNameOf>,
  { name, namespace }: { readonly name: string; readonly namespace?: string },
): boolean {
  try {
    client
      .watch(resource, {
        fieldSelector: `metadata.name=${name}`,
        ...(namespace === undefined ? {} : { namespace }),
      })
      .stop()
    return true
  } catch (error) {
    if (isApiError(error, 'Forbidden')) return false
    throw error
  }
}

function awaitedOf(text: string): Awaited {
  const lower = text.toLowerCase()
  if (lower === 'delete' || lower === 'create') return { kind: lower }
  if (text.startsWith('condition=')) {
    const [type = '', value = 'true'] = splitOnce(text.slice('condition='.length))
    return {
      kind: 'object',
      isMet: (object) => hasCondition(object, type.toLowerCase(), value.toLowerCase()),
    }
  }
  if (text.startsWith('jsonpath=')) return jsonPathOf(text.slice('jsonpath='.length))
  throw new KubectlError(`unrecognized condition: ${quote(text)}`)
}

function splitOnce(text: string): readonly string[] {
  const at = text.indexOf('=')
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)]
}

interface Conditioned {
  readonly metadata: { readonly generation?: number }
  readonly status?: {
    readonly observedGeneration?: number
    readonly conditions?: readonly {
      readonly type?: string
      readonly status?: string
      readonly observedGeneration?: number
    }[]
  }
}

/** Whether a condition has a value and belongs to the object's current generation. */
function hasCondition(object: KubeObject, type: string, value: string): boolean {
  const {
    metadata: { generation },
    status,
  } = object as Conditioned
  const found = status?.conditions?.find((one) => one.type?.toLowerCase() === type)
  if (found === undefined) return false
  const observed = found.observedGeneration ?? status?.observedGeneration
  if (generation !== undefined && observed !== undefined && observed < generation) return false
  return found.status?.toLowerCase() === value
}

function jsonPathOf(text: string): Awaited {
  const match = /^(\{.*\}|[^=]*)(?:=(.*))?$/s.exec(text)
  const [, path = '', value] = match ?? []
  if (value === '')
    throw new KubectlError(
      "jsonpath wait has to have a value after equal sign, like --for=jsonpath='{.status.readyReplicas}'=3",
    )
  if (match === null || path === '') {
    throw new KubectlError(
      "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or " +
        "--for=jsonpath='{.status.readyReplicas}'",
    )
  }
  const template = relaxedTemplate(path)
  return { kind: 'object', isMet: (object) => isValue(evaluatePath(template, object), value) }
}

function isValue(results: readonly unknown[], wanted: string | undefined): boolean {
  if (results.length === 0) return false
  if (wanted === undefined) return true
  if (results.length > 1) throw new KubectlError('given jsonpath expression matches more than one value')
  const [only] = results
  if (typeof only === 'object' && only !== null) {
    throw new KubectlError('jsonpath leads to a nested object or list which is not supported')
  }
  return goText(only) === wanted.replaceAll(/^"|"$/g, '')
}
