import type { Labels } from '../../api/selectors/labels.js'
import { resolveConnection } from '../endpoint.js'
import { evaluateModel } from '../evaluate.js'
import type { Model } from '../model.js'
import type { NetpolOptions } from '../options.js'
import type { ConnectionVerdict } from '../proof.js'
import { readWorld } from '../read/world.js'
import type { PolicyQuery } from '../world.js'
import type { WorldSource } from '../world-of.js'
import { SearchBudget, type StepOptions } from '../compare/budget.js'
import { findLabelChanges, type LabelChange } from './label-changes.js'
import { findRemovals, type Removal } from './removals.js'

/** The smallest changes that would flip a verdict. */
export interface ConnectionExplanation {
  readonly verdict: ConnectionVerdict
  /**
   * A smallest set of policies and rules whose removal flips the verdict. Absent if no set of `maxRemovals`
   * does.
   */
  readonly rules?: readonly Removal[]
  /**
   * A smallest set of label changes (on the pods, their namespaces and the node) that flips the verdict.
   * Absent if labels alone cannot. A value that no selector mentions is given as `other`.
   */
  readonly labels?: readonly LabelChange[]
}

/** Bounds of the search of {@link explainConnection}. */
export interface ExplainConnectionOptions extends NetpolOptions, StepOptions {
  /**
   * The largest number of policies and rules to remove together.
   * @defaultValue 6
   */
  readonly maxRemovals?: number
}

function relabelled(labels: Labels, changes: readonly LabelChange[]): Labels {
  const next = new Map(Object.entries(labels))
  for (const { key, to } of changes) {
    if (to === null) next.delete(key)
    else next.set(key, to)
  }
  return Object.fromEntries(next)
}

/** Returns the model with the label changes applied. */
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
 * Finds the smallest set of rules and labels that decides a verdict: the rules to remove, and separately the
 * labels to change, so that the connection would be judged the other way. Each result is confirmed with
 * `evaluate`. `maxSteps` bounds the search for labels.
 * @throws WorldError as `evaluate` does
 * @throws StepLimitError if the search for labels takes more than `maxSteps` steps
 * @example explainConnection(cluster, { from: 'shop/web', to: 'shop/db', port: 5432 }).verdict.allowed
 */
export function explainConnection(
  world: WorldSource,
  connection: PolicyQuery,
  { maxRemovals = 6, maxSteps, ...options }: ExplainConnectionOptions = {},
): ConnectionExplanation {
  const model = readWorld(world, options)
  const verdict = evaluateModel(model, connection)
  const { allowed } = verdict
  const rules = findRemovals(model, connection, maxRemovals)
  const labels = findLabelChanges(
    model,
    resolveConnection(model, connection),
    allowed,
    new SearchBudget(maxSteps),
  )
  // Stryker disable next-line all: unreachable unless the search itself is wrong
  if (labels !== undefined && evaluateModel(withLabels(model, labels), connection).allowed === allowed)
    throw new Error(`bug in explainConnection: ${JSON.stringify({ labels, connection })}`)
  return { verdict, ...(rules === undefined ? {} : { rules }), ...(labels === undefined ? {} : { labels }) }
}
