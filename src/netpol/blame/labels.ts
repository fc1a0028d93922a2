import type { Labels } from '../../api/labels.js'
import type { Budget } from '../compare/budget.js'
import { sideClauses } from '../compare/clauses.js'
import { pathsToAllow, pathsToDeny, type Path } from '../compare/paths.js'
import type { EndSort, Role } from '../compare/addresses.js'
import { Scene, type SceneShape } from '../compare/scene.js'
import { both, outside, within, type Region } from '../compare/space.js'
import { FRESH, vocabularyOf, type AddressClass, type Vocabulary } from '../compare/vocabulary.js'
import { nodeAt, type End, type ResolvedConnection } from '../endpoint.js'
import { isOfDomain } from '../match-peer.js'
import type { Model } from '../model.js'
import { podInView } from '../situation.js'

/** A label that is set, changed or (`to: null`) taken away. */
export interface LabelChange {
  readonly kind: 'Pod' | 'Namespace' | 'Node'
  readonly namespace?: string
  readonly name: string
  readonly key: string
  /** What it is; null: it is absent. */
  readonly from: string | null
  readonly to: string | null
}

type Target = Pick<LabelChange, 'kind' | 'namespace' | 'name'>

function sortOf(end: End, model: Model): EndSort {
  if (podInView(end, 'cluster', model.options) !== undefined) return 'pod'
  if (podInView(end, 'NetworkPolicy', model.options) !== undefined) return 'hostPod'
  return end.node === undefined ? 'external' : 'node'
}

const isPod = (sort: EndSort): boolean => sort === 'pod' || sort === 'hostPod'

function shapeOf(model: Model, { from, to, self }: ResolvedConnection): SceneShape {
  const [first, second] = [sortOf(from, model), sortOf(to, model)]
  return {
    from: first, to: second, self,
    sameNamespace: isPod(first) && isPod(second) && from.pod?.namespace === to.pod?.namespace,
    ownNode: (second === 'node' && from.pod?.node !== undefined && from.pod.node === to.node) || (first === 'node' && to.pod?.node !== undefined && to.pod.node === from.node),
  }
}

function addressIn({ address }: End): AddressClass {
  return address === undefined ? { family: 'IPv4', intervals: [] } : { family: address.family, intervals: [[address.value, address.value]] }
}

/** What stands fixed, and the labels that may be changed, as variables of a scene. */
class Stage {
  readonly scene: Scene
  readonly #labels = new Map<string, { readonly target: Target, readonly key: string, readonly is: string | undefined }>()
  readonly #pins = new Map<string, readonly unknown[]>()

  constructor(model: Model, connection: ResolvedConnection) {
    const vocabulary = vocabularyOf([model])
    const shape = shapeOf(model, connection)
    const names = new Scene(shape, vocabulary)
    this.#end(model, connection.from, 'from', names)
    if (!shape.self) this.#end(model, connection.to, 'to', names)
    this.#traffic(connection, names)
    this.scene = new Scene(shape, vocabulary, this.#pins)
  }

  /** The labels that the simplest point of a region has other than they are. */
  changesIn(region: Region): readonly LabelChange[] {
    return [...this.#labels].flatMap(([variable, { target, key, is }]) => {
      const value = this.scene.space.valueIn(region, variable) as string | undefined
      return value === is ? [] : [{ ...target, key, from: is ?? null, to: value === FRESH ? this.#fresh(key) : value ?? null }]
    })
  }

  /** A value that no selector and no label speaks of. */
  #fresh(key: string): string {
    const { podLabels, namespaceLabels, nodeLabels } = this.scene.vocabulary
    const known = [podLabels, namespaceLabels, nodeLabels].flatMap((labels) => [...labels.get(key) ?? []])
    const taken = new Set([...known, ...[...this.#labels.values()].map(({ is }) => is)])
    let word = 'other'
    for (let at = 2; taken.has(word); at++) word = `other-${at}`
    return word
  }

  #end(model: Model, end: End, role: Role, names: Scene): void {
    const { vocabulary, shape } = names
    this.#pins.set(names.address(role), [addressIn(end)])
    if (isPod(shape[role]) && end.pod !== undefined) {
      const { namespace, name, labels } = end.pod
      this.#pins.set(names.namespaceName(role), [namespace])
      this.#set(vocabulary.podLabels, labels, { kind: 'Pod', namespace, name }, (key) => names.podLabel(role, key))
      this.#set(vocabulary.namespaceLabels, model.namespaces.get(namespace) ?? {}, { kind: 'Namespace', name: namespace }, (key) => names.namespaceLabel(role, key))
    }
    const node = end.address === undefined ? undefined : nodeAt(model, end.address)
    if (node !== undefined) this.#set(vocabulary.nodeLabels, node.labels, { kind: 'Node', name: node.name }, (key) => `${role}.node.${key}`)
  }

  #set(known: Vocabulary['podLabels'], labels: Labels, target: Target, variableOf: (key: string) => string): void {
    for (const [key, values] of known) {
      const is = Object.hasOwn(labels, key) ? labels[key] : undefined
      const variable = variableOf(key)
      this.#labels.set(variable, { target, key, is })
      this.#pins.set(variable, [...new Set([is, undefined, ...values, FRESH])])
    }
  }

  #traffic({ to, port, protocol }: ResolvedConnection, names: Scene): void {
    const { vocabulary, shape } = names
    this.#pins.set('protocol', [protocol])
    this.#pins.set('port', [{ first: port, last: port }])
    for (const name of isPod(shape.to) ? vocabulary.portNames : []) {
      this.#pins.set(names.portName(name), [to.pod?.ports.some((each) => each.name === name && each.protocol === protocol && each.port === port) === true])
    }
    for (const pattern of vocabulary.domains) this.#pins.set(names.domain(pattern), [to.domains.some((name) => isOfDomain(name, pattern))])
  }
}

/** Ways to the other verdict: both sides allow, or one denies. */
function waysTo(allowed: boolean, model: Model, scene: Scene): readonly Path[] {
  const [egress, ingress] = (['egress', 'ingress'] as const).map((direction) => {
    const clauses = sideClauses(scene, direction, model, model.options)
    return allowed ? pathsToAllow(clauses) : pathsToDeny(clauses)
  }) as [readonly Path[], readonly Path[]]
  if (!allowed) return [...egress, ...ingress]
  return egress.flatMap((a) => ingress.flatMap((b) => {
    const cube = both(a.cube, b.cube)
    return cube === undefined ? [] : [{ cube, avoid: [...a.avoid, ...b.avoid], origin: undefined }]
  }))
}

/** A smallest set of labels (of the pods, their namespaces and the node) with whose change the verdict is another one; undefined if there is none. */
export function blamedLabels(model: Model, connection: ResolvedConnection, allowed: boolean, budget: Budget): readonly LabelChange[] | undefined {
  if (connection.port === undefined || (connection.self && !connection.service)) return undefined
  const stage = new Stage(model, connection)
  const { space } = stage.scene
  let best: Region | undefined
  for (const { cube, avoid } of waysTo(!allowed, model, stage.scene)) {
    const region = within(space.whole(), cube)
    const found = region === undefined ? undefined : outside(space, region, avoid, { below: best === undefined ? Infinity : space.costOf(best), any: false, budget })
    best = found ?? best
  }
  return best === undefined ? undefined : stage.changesIn(best)
}
