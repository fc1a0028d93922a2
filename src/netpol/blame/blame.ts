import type { Labels } from '../../api/labels.js'
import { resolveConnection } from '../endpoint.js'
import { evaluateModel } from '../evaluate.js'
import type { Model } from '../model.js'
import type { NetpolOptions } from '../options.js'
import type { Verdict } from '../proof.js'
import { readWorld } from '../read/world.js'
import type { Connection, World } from '../world.js'
import { Budget, type StepOptions } from '../compare/budget.js'
import { blamedLabels, type LabelChange } from './labels.js'
import { blamedRules, type Removal } from './rules.js'

/** What a verdict is owed to. */
export interface Blame {
  readonly verdict: Verdict
  /**
   * A smallest set of policies and rules without which the verdict is another one. Absent: no set of them is
   * enough.
   */
  readonly rules?: readonly Removal[]
  /**
   * A smallest set of labels of the pods, their namespaces and the node with whose change it is another one.
   * Absent: no labels are enough. Values that no selector speaks of are told as `other`.
   */
  readonly labels?: readonly LabelChange[]
}

/** How far {@link blame} looks. */
export interface BlameOptions extends NetpolOptions, StepOptions {
  /**
   * Policies and rules that may have to go together.
   * @defaultValue 6
   */
  readonly most?: number
}

function relabelled(labels: Labels, changes: readonly LabelChange[]): Labels {
  const next = new Map(Object.entries(labels))
  for (const { key, to } of changes) {
    if (to === null) next.delete(key)
    else next.set(key, to)
  }
  return Object.fromEntries(next)
}

/** The model with other labels. */
function withLabels(model: Model, changes: readonly LabelChange[]): Model {
  const of = (kind: LabelChange['kind'], key: string): readonly LabelChange[] =>
    changes.filter(
      (each) =>
        each.kind === kind &&
        (each.namespace === undefined ? each.name : `${each.namespace}/${each.name}`) === key,
    )
  return {
    ...model,
    pods: new Map(
      [...model.pods].map(([key, pod]) => [key, { ...pod, labels: relabelled(pod.labels, of('Pod', key)) }]),
    ),
    namespaces: new Map(
      [...model.namespaces].map(([name, labels]) => [name, relabelled(labels, of('Namespace', name))]),
    ),
    nodes: new Map(
      [...model.nodes].map(([name, node]) => [
        name,
        { ...node, labels: relabelled(node.labels, of('Node', name)) },
      ]),
    ),
  }
}

/**
 * Why a connection is allowed or denied, as the smallest changes after which it would not be: rules to take
 * out, and labels to change. Each answer was judged by `evaluate`. `maxSteps` is the bound of the search for
 * labels. @throws WorldError as `evaluate` does, StepLimitError
 */
export function blame(
  world: World,
  connection: Connection,
  { most = 6, maxSteps, ...options }: BlameOptions = {},
): Blame {
  const model = readWorld(world, options)
  const verdict = evaluateModel(model, connection)
  const { allowed } = verdict
  const rules = blamedRules(model, connection, most)
  const labels = blamedLabels(model, resolveConnection(model, connection), allowed, new Budget(maxSteps))
  // Stryker disable next-line all: it never is so; were it, that would be our mistake
  if (labels !== undefined && evaluateModel(withLabels(model, labels), connection).allowed === allowed)
    throw new Error(`bug in blame: ${JSON.stringify({ labels, connection })}`)
  return { verdict, ...(rules === undefined ? {} : { rules }), ...(labels === undefined ? {} : { labels }) }
}
