import type { ExplainedNode } from '../../../src/scheduler/explain.js'
import { h } from '../dom.js'
import type { Session } from '../session.js'
import type { Words } from '../texts.js'

/** What the scheduler would do with a pod: each node's rejection, or each plugin's score. */
export class SchedulerDesk {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #session: () => Session
  readonly #pods: HTMLSelectElement
  readonly #button: HTMLButtonElement
  readonly #empty: HTMLElement
  readonly #result = h('div', { role: 'status' })

  constructor(words: Words, session: () => Session) {
    this.#words = words
    this.#session = session
    this.#pods = h('select', { id: 'explained-pod' })
    this.#button = h('button', {}, words.explain)
    this.#empty = h('p', { class: 'none' }, words.noPodsToExplain)
    this.element = h(
      'div',
      { class: 'desk' },
      h('h2', { class: 'hidden-text' }, words.scheduler),
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
        this.#button,
      ),
      this.#empty,
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
    this.#empty.hidden = names.length > 0
    this.#button.disabled = this.#pods.disabled = names.length === 0
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
      const head = [words.node, words.total, ...plugins.map((plugin) => withWeight(plugin, nodes))]
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
        ...this.#ties(nodes, node),
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

  /** Nodes that are as good as the chosen one. */
  #ties(nodes: readonly ExplainedNode[], chosen: string | undefined): readonly HTMLElement[] {
    const best = nodes.find(({ node }) => node === chosen)?.total
    const equal = nodes.filter(({ total }) => total !== undefined && total === best).map(({ node }) => node)
    return equal.length < 2 ? [] : [h('p', {}, this.#words.ties(equal.join(', ')))]
  }

  #row(
    { node, rejected, scores = [], total }: ExplainedNode,
    plugins: readonly string[],
    chosen: boolean,
  ): HTMLElement {
    const words = this.#words
    const head = h(
      'th',
      { scope: 'row' },
      node,
      ' ',
      chosen && h('span', { class: 'badge Ready' }, words.chosen),
    )
    if (rejected !== undefined) {
      const text = `${words.rejected}: ${rejected.plugin}: ${rejected.reasons.join('; ')}`
      return h('tr', {}, head, h('td', { colspan: plugins.length + 1 }, text))
    }
    const cells = plugins.map((name) => {
      const score = scores.find(({ plugin }) => plugin === name)
      return h(
        'td',
        { title: score && `${score.normalized} × ${score.weight}` },
        ...(score === undefined
          ? []
          : [
              String(score.weighted),
              score.weight !== 1 && h('small', {}, ` = ${score.normalized} × ${score.weight}`),
            ]),
      )
    })
    return h('tr', {}, head, h('td', {}, h('strong', {}, String(total ?? ''))), ...cells)
  }
}

/** `NodeResourcesFit ×1`: a plugin and how much it counts. */
function withWeight(plugin: string, nodes: readonly ExplainedNode[]): string {
  const score = nodes.flatMap(({ scores = [] }) => scores).find((each) => each.plugin === plugin)
  return `${plugin} ×${score?.weight ?? 1}`
}
