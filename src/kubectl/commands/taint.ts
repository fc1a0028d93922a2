import { quote } from '../../lang/go/quote.js'
import type { Node, Taint } from '../../api/core/generated.js'
import { labelValueFaults, qualifiedNameFaults } from '../../api/validation/names.js'
import type { CommandLine, KubectlCommand } from '../call/call.js'
import { dryRunOf } from '../call/dry-run.js'
import {
  Aggregate,
  isFailure,
  KubectlError,
  NoResourceMatch,
  throwCollected,
  usageError,
} from '../call/errors.js'
import { printDone, printTyped } from '../print/object.js'
import type { ObjectTarget } from '../args/resource-args.js'
import { fetchTarget, selectResources, typed } from '../args/resource-args.js'
import { splitChanges } from './split-changes.js'

const EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']

/** A taint as the command line names it; without an effect it means all taints of the key. */
interface TaintSpec {
  readonly key: string
  readonly value?: string
  readonly effect?: Taint['effect']
}

interface TaintChanges {
  readonly add: readonly Required<TaintSpec>[]
  readonly remove: readonly TaintSpec[]
}

/** `kubectl taint node NAME key=value:effect ... key[:effect]-` */
export const taint: KubectlCommand = {
  name: 'taint',
  run(call) {
    const { resources, changes } = splitChanges(
      call.args,
      'taint',
      (arg) => arg.includes('=') || arg.includes(':') || arg.endsWith('-'),
    )
    if (resources.length < 1)
      throw new KubectlError('one or more resources must be specified as <resource> <name>')
    if (changes.length < 1) throw new KubectlError('at least one taint update is required')
    const parsed = parseTaints(changes)
    const errors: Error[] = []
    for (const target of targetsOf(call, resources)) {
      try {
        for (const node of fetchTarget(call.client, target).objects)
          taintNode(call, target, node as Node, parsed)
      } catch (error) {
        if (!isFailure(error)) throw error
        errors.push(error)
      }
    }
    throwCollected(errors)
  },
}

function targetsOf(call: CommandLine, resources: readonly string[]): readonly ObjectTarget[] {
  const [type = '', ...names] = resources
  const selector = call.flags.string('selector')
  const all = call.flags.bool('all')
  if (!['node', 'nodes'].includes(type.toLowerCase()))
    throw call.env.scheme.byName(type) === undefined
      ? new NoResourceMatch(`the server doesn't have a resource type ${quote(type)}`)
      : new KubectlError(`invalid resource type ${type}, only node types are supported`)
  if (all && selector !== '')
    throw new KubectlError("setting 'all' parameter with a non empty selector is prohibited")
  if (!all && selector === '' && names.length < 1)
    throw new KubectlError("at least one resource name must be specified since 'all' parameter is not set")
  return selectResources(call, ['nodes', ...(all || selector !== '' ? [] : names)], {
    labelSelector: selector,
    allowEmptySelector: all,
  }).targets
}

/**
 * Parses the changes. Throws a usage error for the first invalid taint. Source: kubectl
 * pkg/cmd/taint/utils.go parseTaints.
 */
function parseTaints(specs: readonly string[]): TaintChanges {
  const add: Required<TaintSpec>[] = []
  const remove: TaintSpec[] = []
  for (const spec of specs) {
    const removes = spec.endsWith('-')
    const parsed = parseTaint(removes ? spec.slice(0, -1) : spec)
    if (removes) remove.push(parsed)
    else if (parsed.effect === undefined) throw usageError('taint', `invalid taint spec: ${spec}`)
    else add.push({ value: '', ...parsed, effect: parsed.effect })
  }
  const twice = add.find((one, at) =>
    add.slice(0, at).some(({ key, effect }) => key === one.key && effect === one.effect),
  )
  if (twice !== undefined) {
    const { key, value, effect } = twice
    throw usageError(
      'taint',
      `duplicated taints with the same key and effect: {${key} ${value} ${effect} <nil>}`,
    )
  }
  const both = remove.filter((one) =>
    add.some((other) => other.key === one.key && (one.effect ?? other.effect) === other.effect),
  )
  if (both.length > 0) {
    const texts = both.map(({ key, effect = '' as Taint['effect'] }) => `${key}=${effect}`)
    throw new KubectlError(
      `can not both modify and remove the following taint(s) in the same command: ${texts.join(', ')}`,
    )
  }
  return { add, remove }
}

function parseTaint(spec: string): TaintSpec {
  const [keyAndValue = '', effect, ...more] = spec.split(':')
  const [key = '', value, ...rest] = effect === undefined ? [keyAndValue] : keyAndValue.split('=')
  if (more.length > 0 || rest.length > 0) throw usageError('taint', `invalid taint spec: ${spec}`)
  if (effect !== undefined && !EFFECTS.includes(effect))
    throw usageError('taint', `invalid taint effect: ${effect}, unsupported taint effect`)
  const faults = [...(value === undefined ? [] : labelValueFaults(value)), ...qualifiedNameFaults(key)]
  if (faults.length > 0) throw usageError('taint', `invalid taint spec: ${spec}, ${faults.join('; ')}`)
  return {
    key,
    ...(value === undefined ? {} : { value }),
    ...(effect === undefined ? {} : { effect: effect as Taint['effect'] }),
  }
}

function taintText({ key, value = '', effect = '' as Taint['effect'] }: TaintSpec): string {
  const head = value === '' ? key : `${key}=${value}`
  return (effect as string) === '' ? head : `${head}:${effect}`
}

function taintNode(call: CommandLine, { definition }: ObjectTarget, node: Node, changes: TaintChanges): void {
  const overwrite = call.flags.bool('overwrite')
  const dryRun = dryRunOf(call)
  const name = node.metadata.name as string
  const { operation, taints } = changedTaints(node, changes, overwrite)
  const patched =
    dryRun === 'client'
      ? { ...node, spec: { ...node.spec, taints } }
      : call.client.patch(
          'nodes',
          { name },
          { type: 'strategic', body: { spec: { taints: taints.length === 0 ? null : taints } } },
          { dryRun: dryRun === 'server', fieldManager: call.flags.string('field-manager', 'kubectl-taint') },
        )
  const result = typed(definition, patched)
  // only what the server returns is decoded into a Go type
  if (dryRun === 'client') printDone(call, definition, result, operation, dryRun)
  else printTyped(call, definition, result, operation, 'none')
}

/** Returns the taints that the node will have, and the messages to print. Source: reorganizeTaints. */
function changedTaints(
  node: Node,
  { add, remove }: TaintChanges,
  overwrite: boolean,
): { readonly operation: string; readonly taints: readonly Taint[] } {
  const old = node.spec.taints ?? []
  const clashing = old.filter((one) =>
    add.some(({ key, effect }) => one.key === key && one.effect === effect),
  )
  if (!overwrite && clashing.length > 0) {
    const keys = clashing.map(({ key }) => key).join(',')
    throw new KubectlError(
      `node ${node.metadata.name ?? ''} already has ${keys} taint(s) with same effect(s) and ` +
        '--overwrite is false',
    )
  }
  const fresh = add.map(({ key, value, effect }): Taint =>
    value === '' ? { effect, key } : { effect, key, value },
  )
  const merged = [...fresh, ...old.filter((one) => !clashing.includes(one))]
  const isRemoved = (one: Taint): boolean =>
    remove.some(({ key, effect }) => one.key === key && (effect ?? one.effect) === one.effect)
  const missing = remove.filter(
    ({ key, effect }) => !merged.some((one) => one.key === key && (effect ?? one.effect) === one.effect),
  )
  const errors = missing.map((one) => new KubectlError(`taint ${quote(taintText(one))} not found`))
  if (errors.length > 0) throw errors.length === 1 ? (errors[0] as Error) : new Aggregate(errors)
  const added = merged.length !== old.length
  const operation = (added && remove.length > 0) || overwrite ? 'modified' : added ? 'tainted' : 'untainted'
  return { operation, taints: merged.filter((one) => !isRemoved(one)) }
}
