import type { ClusterView, NodeView, PodView, ServiceView } from '../../../src/view/index.js'
import { diff } from '../../../src/view/index.js'
import { Arrows } from './arrows.js'
import { type Ghost, ghostsBetween } from './changes.js'
import { arrange, h } from '../dom.js'
import type { Words } from '../texts.js'

const MOTION = { duration: 450, easing: 'cubic-bezier(.2,.8,.2,1)' }

/** What a press on something of the grid does. */
export interface GridParts {
  readonly onPod: (pod: PodView) => void
  readonly onNode: (name: string) => void
  /** Asks why a pod or a node is not well. */
  readonly onWhy: (of: PodView | NodeView) => void
}

/** `own`: all but the system's. */
type Filter = 'all' | 'own' | `namespace ${string}`

/** Nodes with their pods. An element stands for a pod, or for its replacement, and moves where that is. */
export class Grid {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #parts: GridParts
  readonly #nodes: HTMLElement = h('ul', { class: 'nodes' })
  readonly #pending: HTMLElement = h('ul', { class: 'pods' })
  readonly #pendingBox: HTMLElement
  readonly #services: HTMLElement = h('ul', { class: 'services' })
  readonly #serviceBox: HTMLElement
  readonly #namespaces: HTMLSelectElement
  readonly #arrows: Arrows
  #pods = new Map<string, HTMLElement>()
  /** Elements of nodes by name, of frames by node and namespace, and of Services by uid. */
  readonly #kept = new Map<string, HTMLElement>()
  /** What the element of a pod shows now. */
  readonly #shown = new WeakMap<HTMLElement, PodView>()
  #serviceElements = new Map<string, HTMLElement>()
  #view: ClusterView | undefined
  #before: ClusterView | undefined

  constructor(words: Words, parts: GridParts) {
    this.#words = words
    this.#parts = parts
    this.#pendingBox = h('section', { class: 'pending' }, h('h3', {}, words.pending), this.#pending)
    this.#serviceBox = h('section', { class: 'service-box' }, h('h3', {}, words.services), this.#services)
    this.#namespaces = h('select', { 'aria-label': words.namespaces })
    this.#namespaces.addEventListener('change', () => {
      if (this.#view !== undefined) this.show(this.#view, this.#before)
    })
    this.element = h(
      'div',
      { class: 'grid' },
      h('h2', { class: 'hidden-text' }, words.cluster),
      h('p', { class: 'filter' }, this.#namespaces, h('span', { class: 'legend' }, ...legend(words))),
      this.#serviceBox,
      this.#nodes,
      this.#pendingBox,
    )
    this.#arrows = new Arrows(this.element)
    this.element.append(this.#arrows.element)
    new ResizeObserver(() => this.#drawArrows()).observe(this.element)
  }

  /** `before`: the view whose pods leave ghosts where they are no more. */
  show(whole: ClusterView, before?: ClusterView): void {
    this.#before = before
    this.#offer(whole)
    const view = this.#filtered(whole)
    const places = new Map([...this.#pods].map(([uid, element]) => [uid, element.getBoundingClientRect()]))
    const replaced = new Map<string, string>()
    if (this.#view !== undefined)
      for (const { uid, replaces } of diff(this.#view, whole).appeared)
        if (replaces !== undefined) replaced.set(uid, replaces)
    const old = this.#pods
    this.#pods = new Map()
    const stays = new Set([...view.nodes.flatMap(({ pods }) => pods), ...view.pending].map(({ uid }) => uid))
    const elementOf = (pod: PodView, isLost: boolean): HTMLElement => {
      const earlier = replaced.get(pod.uid) ?? pod.uid
      // a pod that still terminates keeps its element
      const element = (earlier === pod.uid || !stays.has(earlier) ? old.get(earlier) : undefined) ?? h('li')
      this.#pods.set(pod.uid, element)
      this.#fill(element, pod, isLost)
      return element
    }
    const ghosts = before === undefined ? [] : ghostsBetween(this.#filtered(before), view)
    arrange(
      this.#nodes,
      view.nodes.map((node) =>
        this.#node(
          node,
          (pod) => elementOf(pod, node.lost),
          ghosts.filter((ghost) => ghost.node === node.name),
        ),
      ),
    )
    arrange(
      this.#pending,
      view.pending.map((pod) => elementOf(pod, false)),
    )
    this.#pendingBox.hidden = view.pending.length === 0
    this.#showServices(view)
    const isFirst = this.#view === undefined
    this.#view = whole
    this.#drawArrows()
    if (isFirst || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    this.#move(places, replaced)
  }

  #move(places: ReadonlyMap<string, DOMRect>, replaced: ReadonlyMap<string, string>): void {
    // all are measured before the first is animated: each animation makes the next measurement a new layout
    const ways = Array.from(this.#pods, ([uid, element]) => ({
      element,
      from: places.get(replaced.get(uid) ?? uid),
      to: element.getBoundingClientRect(),
    }))
    for (const { element, from, to } of ways)
      if (from === undefined || from.width === 0) element.animate([{ opacity: 0 }, { opacity: 1 }], MOTION)
      else move(element, from, to)
  }

  /** Offers the namespaces that there are. */
  #offer({ nodes, pending }: ClusterView): void {
    const names = new Set(
      [...nodes.flatMap(({ pods }) => pods), ...pending].map(({ namespace }) => namespace),
    )
    const chosen = this.#namespaces.value || 'all'
    const options: (readonly [Filter, string])[] = [
      ['all', this.#words.allNamespaces],
      ['own', this.#words.ownNamespaces],
      ...[...names].toSorted().map((name) => [`namespace ${name}`, name] as const),
    ]
    const values = options.map(([value]) => value).join()
    if (this.#namespaces.dataset['values'] === values) return
    this.#namespaces.dataset['values'] = values
    this.#namespaces.replaceChildren(...options.map(([value, text]) => h('option', { value }, text)))
    this.#namespaces.value = options.some(([value]) => value === chosen) ? chosen : 'all'
  }

  #filtered(view: ClusterView): ClusterView {
    const filter = this.#namespaces.value
    if (filter === 'all' || filter === '') return view
    const isShown = ({ namespace }: { readonly namespace: string }): boolean =>
      filter === 'own' ? !namespace.startsWith('kube-') : filter === `namespace ${namespace}`
    return {
      ...view,
      nodes: view.nodes.map((node) => ({ ...node, pods: node.pods.filter(isShown) })),
      pending: view.pending.filter(isShown),
      services: view.services.filter(isShown),
    }
  }

  /** The element that was made for a key, or a new one. */
  #keep(key: string, make: () => HTMLElement): HTMLElement {
    let element = this.#kept.get(key)
    if (element === undefined) this.#kept.set(key, (element = make()))
    return element
  }

  #node(node: NodeView, elementOf: (pod: PodView) => HTMLElement, ghosts: readonly Ghost[]): HTMLElement {
    const { name, ready, cordoned, pods } = node
    const element = this.#keep(`node ${name}`, () => h('li', { class: 'node', 'data-node': name }))
    element.dataset['ready'] = String(ready)
    element.dataset['cordoned'] = String(cordoned)
    const none = pods.length === 0 && ghosts.length === 0
    arrange(element, [
      ...this.#head(node),
      ...this.#frames(name, pods, elementOf),
      ...(ghosts.length === 0 ? [] : [this.#ghosts(ghosts)]),
      ...(none ? [h('p', { class: 'none' }, this.#words.noPods)] : []),
    ])
    return element
  }

  /** Name, states and taints of a node. The name keeps its button. */
  #head(node: NodeView): readonly HTMLElement[] {
    const words = this.#words
    const { name, ready, cordoned, taints } = node
    const title = this.#keep(`title ${name}`, () =>
      h(
        'h3',
        { title: name },
        h('button', { type: 'button', class: 'of-node', onclick: () => this.#parts.onNode(name) }, name),
      ),
    )
    const head = this.#keep(`head ${name}`, () => h('header', {}, title))
    const states = [ready ? words.ready : words.notReady, ...(cordoned ? [words.cordoned] : [])]
    arrange(head, [
      title,
      ...states.map((state) =>
        this.#keep(`state ${name} ${state}`, () => h('span', { class: `badge ${state}` }, state)),
      ),
      ...(ready ? [] : [this.#keep(`why ${name}`, () => this.#whyButton(node))]),
    ])
    return taints.length === 0 ? [head] : [head, h('p', { class: 'taints' }, taints.join(', '))]
  }

  #ghosts(ghosts: readonly Ghost[]): HTMLElement {
    return h(
      'ul',
      { class: 'pods ghosts' },
      ...ghosts.map(({ name, to }) => h('li', { class: 'ghost' }, this.#words.ghost(name, to))),
    )
  }

  /** A frame for each namespace, or the pods alone if they are all of one. */
  #frames(
    node: string,
    pods: readonly PodView[],
    elementOf: (pod: PodView) => HTMLElement,
  ): readonly HTMLElement[] {
    const names = [...new Set(pods.map(({ namespace }) => namespace))]
    return names.map((name) => {
      const list = this.#keep(`list ${node} ${name}`, () => h('ul', { class: 'pods' }))
      arrange(list, pods.filter(({ namespace }) => namespace === name).map(elementOf))
      return this.#keep(`frame ${node} ${name}`, () =>
        h('section', { class: 'frame', 'data-namespace': name }, h('h4', {}, name), list),
      )
    })
  }

  /** The button of a pod stays the same when its text changes. */
  #fill(element: HTMLElement, pod: PodView, isLost: boolean): void {
    const { uid, namespace, name, status, ready } = pod
    const words = this.#words
    const state = isLost && status !== 'Completed' ? 'unknown' : stateOf(pod)
    const hasWhy = state === 'bad' || pod.node === undefined
    const text = JSON.stringify([uid, status, ready, state, hasWhy])
    this.#shown.set(element, pod)
    if (element.dataset['shown'] === text) return
    element.dataset['shown'] = text
    element.dataset['pod'] = name
    element.dataset['uid'] = uid
    element.dataset['state'] = state
    element.className = namespace.startsWith('kube-') ? 'pod system' : 'pod'
    const said = state === 'unknown' ? `${words.unknown} (${status})` : status
    const button = element.querySelector<HTMLElement>('button:not(.why)') ?? this.#podButton(element)
    button.title = `${namespace}/${name}: ${said}, ${ready}`
    button.replaceChildren(
      h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[state]),
      h('span', { class: 'name' }, name),
      ' ',
      h('span', { class: 'status' }, state === 'unknown' || status !== 'Running' ? said : ready),
    )
    arrange(element, hasWhy ? [button, this.#whyButton(pod)] : [button])
  }

  #podButton(element: HTMLElement): HTMLButtonElement {
    const open = (): void => {
      const pod = this.#shown.get(element)
      if (pod !== undefined) this.#parts.onPod(pod)
    }
    return h('button', { type: 'button', onclick: open })
  }

  #whyButton(of: PodView | NodeView): HTMLButtonElement {
    const { why, whyOf } = this.#words
    return h(
      'button',
      { type: 'button', class: 'why', 'aria-label': whyOf(of.name), onclick: () => this.#parts.onWhy(of) },
      why,
    )
  }

  #showServices(view: ClusterView): void {
    const own = view.services.filter(
      ({ namespace, name }) => !namespace.startsWith('kube-') && name !== 'kubernetes',
    )
    this.#serviceBox.hidden = own.length === 0
    const behind = (service: string): number =>
      view.edges.filter(({ kind, from }) => kind === 'endpoint' && from === service).length
    this.#serviceElements = new Map(
      own.map((service) => [service.uid, this.#service(service, behind(service.uid))]),
    )
    arrange(
      this.#services,
      own.map(({ uid }) =>
        this.#keep(`item ${uid}`, () => h('li', {}, this.#serviceElements.get(uid) as HTMLElement)),
      ),
    )
    for (const { uid } of own)
      this.#serviceElements.get(uid)?.setAttribute('aria-pressed', String(this.#arrows.isShown(uid, view)))
  }

  #service({ uid, namespace, name, type, address, ports }: ServiceView, behind: number): HTMLElement {
    const button = this.#keep(`service ${uid}`, () =>
      h('button', {
        type: 'button',
        class: 'service',
        title: this.#words.showArrows,
        onclick: () => this.#toggle(uid),
      }),
    )
    button.replaceChildren(
      h('strong', {}, namespace === 'default' ? name : `${namespace}/${name}`),
      ` ${type} ${address} ${ports.join(', ')} → ${this.#words.leadsTo(behind)}`,
    )
    return button
  }

  /** Shows or hides the arrows of a Service. */
  #toggle(uid: string): void {
    if (this.#view === undefined) return
    this.#arrows.toggle(uid, this.#view)
    const isShown = this.#arrows.isShown(uid, this.#view)
    this.#serviceElements.get(uid)?.setAttribute('aria-pressed', String(isShown))
    this.#drawArrows()
  }

  #drawArrows(): void {
    if (this.#view !== undefined)
      this.#arrows.draw(this.#filtered(this.#view), this.#serviceElements, this.#pods)
  }
}

type State = 'good' | 'waits' | 'bad' | 'done' | 'unknown'

/** State is a shape as well as a colour. */
const MARKS: Readonly<Record<State, string>> = { good: '●', waits: '◌', bad: '▲', done: '■', unknown: '?' }

const legend = (words: Words): readonly HTMLElement[] =>
  (['good', 'waits', 'bad', 'done', 'unknown'] as const).map((state) =>
    h(
      'span',
      { 'data-state': state },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[state]),
      ` ${words.state[state]}`,
    ),
  )

function stateOf({ status, ready }: PodView): State {
  if (status === 'Completed' || status === 'Succeeded') return 'done'
  const [up, all] = ready.split('/')
  if (status === 'Running') return up === all ? 'good' : 'waits'
  if (/^(?:Pending|ContainerCreating|PodInitializing|Terminating|Init:\d|SchedulingGated)/.test(status))
    return 'waits'
  return 'bad'
}

/** Lets an element come from where it was. */
function move(element: HTMLElement, from: DOMRect, to: DOMRect): void {
  const [x, y] = [from.left - to.left, from.top - to.top]
  if (x === 0 && y === 0) return
  element.animate([{ transform: `translate(${x}px, ${y}px)`, zIndex: 1 }, { transform: 'none' }], MOTION)
}
