import type { ClusterView, NodeView, PodView } from '../../src/view/index.js'
import { diff } from '../../src/view/index.js'
import { h } from './dom.js'
import type { Words } from './texts.js'

const MOTION = { duration: 450, easing: 'cubic-bezier(.2,.8,.2,1)' }

/** Nodes with their pods. An element stands for a pod, or for its replacement, and moves where that is. */
export class Grid {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #onPod: (pod: PodView) => void
  readonly #nodes: HTMLElement = h('ul', { class: 'nodes' })
  readonly #pending: HTMLElement = h('ul', { class: 'pods' })
  readonly #pendingBox: HTMLElement
  readonly #services: HTMLElement = h('ul', { class: 'services' })
  readonly #serviceBox: HTMLElement
  #pods = new Map<string, HTMLElement>()
  #view: ClusterView | undefined

  constructor(words: Words, onPod: (pod: PodView) => void) {
    this.#words = words
    this.#onPod = onPod
    this.#pendingBox = h('section', { class: 'pending' }, h('h3', {}, words.pending), this.#pending)
    this.#serviceBox = h('section', {}, h('h3', {}, words.services), this.#services)
    this.element = h('div', { class: 'grid' }, this.#nodes, this.#pendingBox, this.#serviceBox)
  }

  show(view: ClusterView): void {
    const places = new Map([...this.#pods].map(([uid, element]) => [uid, element.getBoundingClientRect()]))
    const replaced = new Map<string, string>()
    if (this.#view !== undefined)
      for (const { uid, replaces } of diff(this.#view, view).appeared)
        if (replaces !== undefined) replaced.set(uid, replaces)
    const old = this.#pods
    this.#pods = new Map()
    const stays = new Set([...view.nodes.flatMap(({ pods }) => pods), ...view.pending].map(({ uid }) => uid))
    const elementOf = (pod: PodView): HTMLElement => {
      const before = replaced.get(pod.uid) ?? pod.uid
      // a pod that still terminates keeps its element
      const element = (before === pod.uid || !stays.has(before) ? old.get(before) : undefined) ?? h('li')
      this.#pods.set(pod.uid, element)
      this.#fill(element, pod)
      return element
    }
    this.#nodes.replaceChildren(...view.nodes.map((node) => this.#node(node, node.pods.map(elementOf))))
    this.#pending.replaceChildren(...view.pending.map(elementOf))
    this.#pendingBox.hidden = view.pending.length === 0
    this.#showServices(view)
    const isFirst = this.#view === undefined
    this.#view = view
    if (isFirst || matchMedia('(prefers-reduced-motion: reduce)').matches) return
    for (const [uid, element] of this.#pods) {
      const place = places.get(replaced.get(uid) ?? uid)
      if (place === undefined || place.width === 0) element.animate([{ opacity: 0 }, { opacity: 1 }], MOTION)
      else move(element, place)
    }
  }

  #node({ name, ready, cordoned, taints }: NodeView, pods: readonly HTMLElement[]): HTMLElement {
    const words = this.#words
    const states = [ready ? words.ready : words.notReady, ...(cordoned ? [words.cordoned] : [])]
    return h(
      'li',
      { class: 'node', 'data-node': name, 'data-ready': String(ready), 'data-cordoned': String(cordoned) },
      h(
        'header',
        {},
        h('h3', { title: name }, name),
        ...states.map((state) => h('span', { class: `badge ${state}` }, state)),
      ),
      taints.length > 0 && h('p', { class: 'taints' }, taints.join(', ')),
      h('ul', { class: 'pods' }, ...pods),
      pods.length === 0 && h('p', { class: 'none' }, words.noPods),
    )
  }

  #fill(element: HTMLElement, pod: PodView): void {
    const { uid, namespace, name, status, ready } = pod
    const text = JSON.stringify([uid, status, ready])
    if (element.dataset['shown'] === text) return
    element.dataset['shown'] = text
    element.dataset['pod'] = name
    element.dataset['uid'] = uid
    element.dataset['state'] = stateOf(pod)
    element.className = namespace.startsWith('kube-') ? 'pod system' : 'pod'
    const button = h(
      'button',
      { type: 'button', title: `${namespace}/${name}: ${status}, ${ready}`, onclick: () => this.#onPod(pod) },
      h('span', { class: 'mark', 'aria-hidden': 'true' }, MARKS[stateOf(pod)]),
      h('span', { class: 'name' }, name),
      ' ',
      h('span', { class: 'status' }, status === 'Running' ? ready : status),
    )
    const hadFocus = element.contains(document.activeElement)
    element.replaceChildren(button)
    if (hadFocus) button.focus()
  }

  #showServices({ services, edges }: ClusterView): void {
    const own = services.filter(
      ({ namespace, name }) => !namespace.startsWith('kube-') && name !== 'kubernetes',
    )
    this.#serviceBox.hidden = own.length === 0
    this.#services.replaceChildren(
      ...own.map(({ uid, namespace, name, type, address, ports }) =>
        h(
          'li',
          {},
          h('strong', {}, namespace === 'default' ? name : `${namespace}/${name}`),
          ` ${type} ${address} ${ports.join(', ')} → `,
          this.#words.leadsTo(edges.filter(({ kind, from }) => kind === 'endpoint' && from === uid).length),
        ),
      ),
    )
  }
}

type State = 'good' | 'waits' | 'bad' | 'done'

/** State is a shape as well as a colour. */
const MARKS: Readonly<Record<State, string>> = { good: '●', waits: '◌', bad: '▲', done: '■' }

function stateOf({ status, ready }: PodView): State {
  if (status === 'Completed' || status === 'Succeeded') return 'done'
  const [up, all] = ready.split('/')
  if (status === 'Running') return up === all ? 'good' : 'waits'
  if (/^(?:Pending|ContainerCreating|PodInitializing|Terminating|Init:\d|SchedulingGated)/.test(status))
    return 'waits'
  return 'bad'
}

/** Lets an element come from where it was. */
function move(element: HTMLElement, from: DOMRect): void {
  const to = element.getBoundingClientRect()
  const [x, y] = [from.left - to.left, from.top - to.top]
  if (x === 0 && y === 0) return
  element.animate([{ transform: `translate(${x}px, ${y}px)`, zIndex: 1 }, { transform: 'none' }], MOTION)
}
