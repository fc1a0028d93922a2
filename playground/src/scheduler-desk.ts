import type { ExplainedNode } from '../../src/scheduler/explain.js'
import { h } from './dom.js'
import type { Session } from './session.js'
import type { Words } from './texts.js'

/** What the scheduler would do with a pod: each node's rejection, or each plugin's score. */
export class SchedulerDesk {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #session: () => Session
  readonly #pods: HTMLSelectElement
  readonly #result = h('div', { role: 'status' })

  constructor(words: Words, session: () => Session) {
    this.#words = words
    this.#session = session
    this.#pods = h('select', { id: 'explained-pod' })
    this.element = h(
      'div',
      { class: 'desk' },
      h('p', {}, words.schedulerIntro),
      h(
        'form',
        {
          onsubmit: (event: Event) => {
            event.preventDefault()
            this.#explain()
          },
        },
        h('label', { for: 'explained-pod' }, words.pod),
        this.#pods,
        h('button', {}, words.explain),
      ),
      this.#result,
    )
  }

  /** Explains a pod, `namespace/name`. */
  explain(pod: string): void {
    this.show()
    this.#pods.value = pod
    this.#explain()
  }

  show(): void {
    const { view } = this.#session()
    const pods = [...view.pending, ...view.nodes.flatMap((node) => node.pods)]
    const chosen = this.#pods.value
    const names = pods.map(({ namespace, name }) => `${namespace}/${name}`)
    this.#pods.replaceChildren(...names.map((name) => h('option', { value: name }, name)))
    if (names.includes(chosen)) this.#pods.value = chosen
  }

  #explain(): void {
    const [namespace = '', name = ''] = this.#pods.value.split('/')
    const words = this.#words
    try {
      const cluster = this.#session().cluster.fork()
      const { nodes, node, message, preemption } = cluster.explainScheduling(
        cluster.in(namespace).get('pods', name),
      )
      const plugins = [...new Set(nodes.flatMap(({ scores = [] }) => scores.map(({ plugin }) => plugin)))]
      const head = [words.node, words.total, ...plugins]
      this.#result.replaceChildren(
        h(
          'div',
          { class: 'wide', tabindex: 0 },
          h(
            'table',
            {},
            h('caption', {}, `${namespace}/${name}`),
            h('thead', {}, h('tr', {}, ...head.map((title) => h('th', { scope: 'col' }, title)))),
            h('tbody', {}, ...nodes.map((each) => this.#row(each, plugins, each.node === node))),
          ),
        ),
        ...(message === undefined ? [] : [h('p', {}, message)]),
        ...(preemption === undefined
          ? []
          : [h('p', {}, words.preempts(preemption.node, preemption.victims.join(', ')))]),
      )
    } catch (error) {
      this.#result.replaceChildren(
        h('p', { class: 'error' }, error instanceof Error ? error.message : String(error)),
      )
    }
  }

  #row(
    { node, rejected, scores = [], total }: ExplainedNode,
    plugins: readonly string[],
    chosen: boolean,
  ): HTMLElement {
    const words = this.#words
    const head = h('th', { scope: 'row' }, node, chosen && h('span', { class: 'badge Ready' }, words.chosen))
    if (rejected !== undefined) {
      const text = `${words.rejected}: ${rejected.plugin}: ${rejected.reasons.join('; ')}`
      return h('tr', {}, head, h('td', { colspan: plugins.length + 1 }, text))
    }
    const cells = plugins.map((name) => {
      const score = scores.find(({ plugin }) => plugin === name)
      return h(
        'td',
        { title: score && `${score.normalized} × ${score.weight}` },
        score === undefined ? '' : String(score.weighted),
      )
    })
    return h('tr', {}, head, h('td', {}, h('strong', {}, String(total ?? ''))), ...cells)
  }
}
