import type { Labels } from '../../api/selectors/labels.js'
import type { SearchBudget } from '../compare/budget.js'
import { sideClauses, after, pathsToAllow, pathsToDeny, type VerdictPath } from '../compare/clauses.js'
import type { EndSort, Role } from '../compare/addresses.js'
import { SymbolicConnection, type ConnectionShape } from '../compare/symbolic-connection.js'
import { outside, within, type Region } from '../compare/space.js'
import {
  UNMENTIONED,
  unusedWord,
  vocabularyOf,
  type AddressClass,
  type PolicyVocabulary,
} from '../compare/vocabulary.js'
import { nodeAt, type End, type ResolvedConnection } from '../endpoint.js'
import { isOfDomain } from '../match.js'
import type { Model, NodeModel, PodModel } from '../model.js'
import { podInView } from '../situation.js'

/** A label that is added, changed or, with `to: null`, removed. */
export interface LabelChange {
  readonly kind: 'Pod' | 'Namespace' | 'Node'
  readonly namespace?: string
  readonly name: string
  readonly key: string
  /** The current value; null if the label is absent. */
  readonly from: string | null
  readonly to: string | null
}

type Target = Pick<LabelChange, 'kind' | 'namespace' | 'name'>

/** An end as policies see it: the pod that selectors match, and the node that owns the address. */
interface LabelledEnd {
  readonly sort: EndSort
  readonly pod: PodModel | undefined
  readonly node: NodeModel | undefined
}

function labelledEnd(model: Model, end: End): LabelledEnd {
  const pod = podInView(end, 'NetworkPolicy', model.options)
  const node = end.address && nodeAt(model, end.address)
  if (pod !== undefined) return { sort: pod.hostNetwork ? 'hostPod' : 'pod', pod, node }
  return { sort: end.node === undefined ? 'external' : 'node', pod, node }
}

const isOwnNode = ({ node }: End, { sort }: LabelledEnd, { pod }: LabelledEnd): boolean =>
  sort === 'node' && node === pod?.node

/** The address classes of one end: exactly its address, or none if it has no address. */
const addressesIn = ({ address }: End): readonly AddressClass[] =>
  address === undefined ? [] : [{ family: address.family, intervals: [[address.value, address.value]] }]

/**
 * The search space: everything about the connection is pinned, except the labels, which are the variables.
 */
class LabelSearch {
  readonly symbolic: SymbolicConnection
  readonly #labels = new Map<
    string,
    { readonly target: Target; readonly key: string; readonly is: string | undefined }
  >()
  readonly #pins = new Map<string, readonly unknown[]>()

  constructor(model: Model, connection: ResolvedConnection) {
    const { from, to, self } = connection
    const vocabulary = vocabularyOf([model])
    const [source, target] = [labelledEnd(model, from), labelledEnd(model, to)]
    const shape: ConnectionShape = {
      from: source.sort,
      to: target.sort,
      self,
      toNode: target.node !== undefined,
      sameNamespace: source.pod !== undefined && source.pod.namespace === target.pod?.namespace,
      ownNode: isOwnNode(from, source, target) || isOwnNode(to, target, source),
    }
    const names = new SymbolicConnection(shape, vocabulary)
    this.#pins.set(names.address('from'), addressesIn(from))
    this.#pins.set(names.address('to'), addressesIn(to))
    this.#pod(model, source, 'from', names)
    this.#pod(model, target, 'to', names)
    if (target.node !== undefined)
      this.#set(vocabulary.nodeLabels, target.node.labels, { kind: 'Node', name: target.node.name }, (key) =>
        names.nodeLabel(key),
      )
    this.#traffic(connection, names)
    this.symbolic = new SymbolicConnection(shape, vocabulary, this.#pins)
  }

  /** Every value that some selector mentions. */
  get #known(): readonly string[] {
    const { podLabels, namespaceLabels, nodeLabels } = this.symbolic.vocabulary
    return [podLabels, namespaceLabels, nodeLabels].flatMap((labels) =>
      [...labels.values()].flatMap((values) => [...values]),
    )
  }

  /** Returns the labels that differ from the current ones at the simplest point of a region. */
  changesIn(region: Region): readonly LabelChange[] {
    return [...this.#labels].flatMap(([variable, { target, key, is }]) => {
      const value = this.symbolic.space.valueIn(region, variable) as string | undefined
      return value === is
        ? []
        : [
            {
              ...target,
              key,
              from: is ?? null,
              to: value === UNMENTIONED ? unusedWord('other', this.#known) : (value ?? null),
            },
          ]
    })
  }

  #pod(model: Model, { pod }: LabelledEnd, role: Role, names: SymbolicConnection): void {
    if (pod === undefined) return
    const { namespace, name, labels } = pod
    const { podLabels, namespaceLabels } = names.vocabulary
    this.#pins.set(names.namespaceName(role), [namespace])
    this.#set(podLabels, labels, { kind: 'Pod', namespace, name }, (key) => names.podLabel(role, key))
    this.#set(
      namespaceLabels,
      model.namespaces.get(namespace) ?? {},
      { kind: 'Namespace', name: namespace },
      (key) => names.namespaceLabel(role, key),
    )
  }

  #set(
    known: PolicyVocabulary['podLabels'],
    labels: Labels,
    target: Target,
    variableOf: (key: string) => string,
  ): void {
    for (const [key, values] of known) {
      const is = Object.hasOwn(labels, key) ? labels[key] : undefined
      const variable = variableOf(key)
      this.#labels.set(variable, { target, key, is })
      this.#pins.set(variable, [...new Set([is, undefined, ...values, UNMENTIONED])])
    }
  }

  #traffic({ to, port, protocol }: ResolvedConnection, names: SymbolicConnection): void {
    const { portNames, domains } = names.vocabulary
    this.#pins.set('protocol', [protocol])
    this.#pins.set('port', [{ first: port, last: port }])
    for (const name of portNames)
      this.#pins.set(names.portName(name), [
        to.pod?.ports.some(
          (each) => each.name === name && each.protocol === protocol && each.port === port,
        ) === true,
      ])
    for (const pattern of domains)
      this.#pins.set(names.domain(pattern), [to.domains.some((name) => isOfDomain(name, pattern))])
  }
}

/** Returns the paths to the opposite verdict: both sides allow, or one of them denies. */
function pathsTo(allowed: boolean, model: Model, symbolic: SymbolicConnection): readonly VerdictPath[] {
  const [egress, ingress] = (['egress', 'ingress'] as const).map((direction) => {
    const clauses = sideClauses(symbolic, direction, model, model.options)
    return allowed ? pathsToAllow(clauses) : pathsToDeny(clauses)
  }) as [readonly VerdictPath[], readonly VerdictPath[]]
  return allowed ? after(egress, ingress) : [...egress, ...ingress]
}

/**
 * Finds a smallest set of labels (of the pods, their namespaces and the node) whose change flips the verdict.
 * Returns undefined if there is none.
 * @throws StepLimitError
 */
export function findLabelChanges(
  model: Model,
  connection: ResolvedConnection,
  allowed: boolean,
  budget: SearchBudget,
): readonly LabelChange[] | undefined {
  if (connection.port === undefined || (connection.self && !connection.service)) return undefined
  const search = new LabelSearch(model, connection)
  const { space } = search.symbolic
  let best: Region | undefined
  for (const { cube, avoid } of pathsTo(!allowed, model, search.symbolic)) {
    const region = within(space.whole(), cube) as Region
    const found = outside(space, region, avoid, {
      below: best === undefined ? Infinity : space.costOf(best),
      any: false,
      budget,
    })
    best = found ?? best
  }
  return best === undefined ? undefined : search.changesIn(best)
}
