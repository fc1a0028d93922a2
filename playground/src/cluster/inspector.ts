import { padText } from '../../../src/lang/text/text-width.js'
import type { Language } from '../../../src/lang/text/phrases.js'
import type { KubeObject } from '../../../src/api/kind/definition.js'
import { printYaml } from '../../../src/lang/yaml/print.js'
import type { Accident } from '../../../src/course/deed.js'
import { h, tabs } from '../dom.js'
import type { Session } from '../session.js'
import type { Words } from '../texts.js'

/** What is inspected. */
export type Inspected =
  | { readonly kind: 'node'; readonly name: string }
  | { readonly kind: 'pod'; readonly namespace: string; readonly name: string }

type Sight = 'about' | 'yaml' | 'events' | 'logs' | 'why'

/** What an inspector is connected to. */
export interface InspectorParts {
  readonly words: Words
  readonly language: Language
  readonly session: () => Session
  /** Types a line into the terminal. */
  readonly type: (line: string) => void
  readonly accident: (node: string, accident: Accident) => void
  readonly explain: (pod: string) => void
  readonly close: () => void
}

/** A node or a pod: what it is, its YAML, events, logs, why it is not well, and what can be done to it. */
export class Inspector {
  readonly element: HTMLElement
  readonly #parts: InspectorParts
  readonly #of: Inspected
  readonly #panels: Readonly<Record<Sight, HTMLElement>>
  readonly #buttons = h('p', { class: 'row actions' })
  #sight: Sight

  constructor(parts: InspectorParts, of: Inspected, sight: Sight = 'about') {
    this.#parts = parts
    this.#of = of
    this.#sight = sight
    const { words, close } = parts
    const panel = (): HTMLElement => h('div', { class: 'sight' })
    this.#panels = { about: panel(), yaml: panel(), events: panel(), logs: panel(), why: panel() }
    const sights = (['about', 'why', 'events', 'logs', 'yaml'] as const).filter(
      (each) => each !== 'logs' || of.kind === 'pod',
    )
    this.element = h(
      'section',
      { class: 'inspector', 'aria-label': words.inspector },
      h(
        'header',
        {},
        h('h3', {}, of.kind === 'node' ? of.name : `${of.namespace}/${of.name}`),
        h('button', { type: 'button', class: 'close', 'aria-label': words.close, onclick: close }, '✕'),
      ),
      this.#buttons,
      tabs(
        words.inspector,
        sights.map((id) => ({ id: `sight-${id}`, title: words.sight[id], panel: this.#panels[id] })),
        `sight-${sight}`,
        (id) => {
          this.#sight = id.slice('sight-'.length) as Sight
          this.show()
        },
      ),
    )
  }

  get of(): Inspected {
    return this.#of
  }

  /** Shows what is true at the moment that is looked at. */
  show(): void {
    const object = this.#object()
    const panel = this.#panels[this.#sight]
    this.#showButtons(object)
    if (object === undefined) return panel.replaceChildren(h('p', {}, this.#parts.words.isGone))
    const text = this.#text(object)
    if (panel.dataset['shown'] === text) return
    panel.dataset['shown'] = text
    panel.replaceChildren(h('pre', { tabindex: 0, 'aria-label': this.#parts.words.sight[this.#sight] }, text))
  }

  #object(): KubeObject | undefined {
    const { state } = this.#parts.session().cluster
    const of = this.#of
    if (of.kind === 'node') return state.peek('nodes').find(({ metadata }) => metadata.name === of.name)
    return state
      .peek('pods')
      .find(({ metadata }) => metadata.namespace === of.namespace && metadata.name === of.name)
  }

  #text(object: KubeObject): string {
    const of = this.#of
    const { words, session } = this.#parts
    // what only reads would still count as requests
    const kubectl = (line: string): string => {
      const { terminal } = session().cluster.fork().kubectl(line)
      return terminal.trimEnd()
    }
    switch (this.#sight) {
      case 'about':
        return this.#about(object)
      case 'yaml': {
        const { managedFields: _, ...metadata } = object.metadata
        return printYaml({ ...object, metadata }).trimEnd()
      }
      case 'events':
        return shortEvents(
          kubectl(
            of.kind === 'node'
              ? `events --for node/${of.name} -A`
              : `events --for pod/${of.name} -n ${of.namespace}`,
          ),
        )
      case 'logs':
        return (
          kubectl(`logs ${of.name} -n ${of.kind === 'pod' ? of.namespace : ''} --all-containers`) ||
          words.noLogs
        )
      case 'why': {
        const fork = session().cluster.fork()
        const lang = this.#parts.language
        const why =
          of.kind === 'node'
            ? fork.why('nodes', of.name, { lang })
            : fork.why('pods', `${of.namespace}/${of.name}`, { lang })
        return why.trimEnd() || words.lacksNothing
      }
    }
  }

  /** The facts that one looks for first: state, place, owners. */
  #about(object: KubeObject): string {
    const { session, words } = this.#parts
    const of = this.#of
    const line =
      of.kind === 'node' ? `get node ${of.name} -o wide` : `get pod ${of.name} -n ${of.namespace} -o wide`
    const { stdout } = session().cluster.fork().kubectl(line)
    const [cells = new Map<string, string>()] = rowsOf(stdout.trimEnd()) ?? []
    // its name is the title of the inspector
    const facts = Array.from(cells).flatMap(([title, cell]) =>
      title === 'NAME' ? [] : [`${padText(title, 18)}${cell}`],
    )
    const owners = this.#owners(object)
    return [
      ...facts,
      ...(owners.length === 0 ? [] : [`${padText(words.owners, 18)}${owners.join(' ← ')}`]),
    ].join('\n')
  }

  /** Who controls it, who controls that, and so on. */
  #owners(object: KubeObject): readonly string[] {
    const { state } = this.#parts.session().cluster
    const owners: string[] = []
    let at: KubeObject | undefined = object
    while (at !== undefined && owners.length < 5) {
      const owner: { readonly kind: string; readonly name: string; readonly uid: string } | undefined =
        at.metadata.ownerReferences?.find(({ controller }) => controller === true)
      if (owner === undefined) break
      owners.push(`${owner.kind} ${owner.name}`)
      const resource: string = `${owner.kind.toLowerCase()}s`
      at = state.resources().includes(resource)
        ? (state.peek(resource) as readonly KubeObject[]).find(({ metadata }) => metadata.uid === owner.uid)
        : undefined
    }
    return owners
  }

  #showButtons(object: KubeObject | undefined): void {
    const { words, session, type, accident, explain } = this.#parts
    const of = this.#of
    const isLive = session().isLive
    const key = JSON.stringify([isLive, object === undefined, this.#hasPower(), this.#isCordoned(object)])
    if (this.#buttons.dataset['shown'] === key) return
    this.#buttons.dataset['shown'] = key
    const button = (text: string, onclick: () => unknown, kind = ''): HTMLElement =>
      h('button', { type: 'button', class: kind, disabled: !isLive || object === undefined, onclick }, text)
    if (of.kind === 'pod') {
      this.#buttons.replaceChildren(
        button(words.explain, () => explain(`${of.namespace}/${of.name}`)),
        button(words.deletePod, () => type(`kubectl delete pod ${of.name} -n ${of.namespace}`), 'danger'),
      )
      return
    }
    this.#buttons.replaceChildren(
      this.#hasPower()
        ? button(words.powerOff, () => accident(of.name, 'crash'), 'danger power-off')
        : button(words.powerOn, () => accident(of.name, 'recover'), 'primary'),
      button(words.cutNetwork, () => accident(of.name, 'partition')),
      button(words.repairNetwork, () => accident(of.name, 'repair')),
      this.#isCordoned(object)
        ? button('uncordon', () => type(`kubectl uncordon ${of.name}`), 'uncordon')
        : button('cordon', () => type(`kubectl cordon ${of.name}`)),
      button('drain', () =>
        type(`kubectl drain ${of.name} --ignore-daemonsets --delete-emptydir-data --timeout=2m`),
      ),
    )
  }

  #hasPower(): boolean {
    const of = this.#of
    if (of.kind === 'pod') return true
    try {
      return this.#parts.session().cluster.node(of.name).machine.powered
    } catch {
      // a Node object without a machine
      return false
    }
  }

  #isCordoned(object: KubeObject | undefined): boolean {
    return (
      (object as { readonly spec?: { readonly unschedulable?: boolean } } | undefined)?.spec
        ?.unschedulable === true
    )
  }
}

/** The cells of a table of kubectl's, by the titles of their columns; undefined for a text of another kind. */
function rowsOf(table: string): readonly ReadonlyMap<string, string>[] | undefined {
  const [head = '', ...rows] = table.split('\n')
  if (!/^[A-Z]/.test(head) || rows.length === 0) return undefined
  const starts = Array.from(head.matchAll(/\S+(?: \S+)*/g), ({ index, 0: title }) => [index, title] as const)
  return rows.map(
    (row) => new Map(starts.map(([from, title], at) => [title, row.slice(from, starts[at + 1]?.[0]).trim()])),
  )
}

/** Events in the narrow column of the inspector: all are of one object, which the title names. */
function shortEvents(table: string): string {
  const rows = rowsOf(table)
  if (rows === undefined) return table
  return rows
    .map((cells) => {
      const cell = (title: string): string => cells.get(title) ?? ''
      const type = cell('TYPE') === 'Normal' ? '' : `${cell('TYPE')} `
      return `${cell('LAST SEEN')}  ${type}${cell('REASON')}\n  ${cell('MESSAGE')}`
    })
    .join('\n')
}
