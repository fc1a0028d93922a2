import type { SimCluster } from 'simcluster'
import { parseManifests } from 'simcluster'
import type { Language } from '../../../src/lang/text/phrases.js'
import { toSvg, toText } from '../../../src/view/index.js'
import { accessMatrix } from './access-matrix.js'
import { cleanYaml } from './clean-yaml.js'
import { h, openDialog } from '../dom.js'
import type { Matrix, MatrixCell, MatrixChange } from './matrix.js'
import { networkMatrix } from './network-matrix.js'
import type { Session } from '../session.js'
import type { Words } from '../texts.js'

const TYPE = { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }
const RBAC = ['Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding']

/** Policies that are tried on a fork: a matrix whose cells open proofs, and what the edit changes. */
export class PolicyDesk {
  readonly element: HTMLElement
  readonly #words: Words
  readonly #language: Language
  readonly #session: () => Session
  readonly #text: HTMLTextAreaElement
  readonly #result = h('div', { class: 'result' })
  readonly #says = h('p', { role: 'status' })

  /** `text`: the manifests that are there at the beginning. */
  constructor(words: Words, language: Language, session: () => Session, text: string) {
    this.#words = words
    this.#language = language
    this.#session = session
    this.#text = h('textarea', { id: 'manifests', rows: 8, spellcheck: 'false' })
    this.#text.value = text
    this.#text.addEventListener('input', () => this.#forget())
    this.element = h(
      'div',
      { class: 'desk' },
      h('h2', { class: 'hidden-text' }, words.policies),
      h('p', {}, words.policyIntro),
      h(
        'form',
        {
          class: 'stacked',
          onsubmit: (event: Event) => {
            event.preventDefault()
            this.#compare()
          },
        },
        h('label', { for: 'manifests' }, words.manifests),
        this.#text,
        h(
          'div',
          { class: 'row' },
          h('button', { type: 'button', onclick: () => this.#take() }, words.fromCluster),
          h('button', { class: 'primary' }, words.compare),
        ),
      ),
      this.#says,
      this.#result,
    )
  }

  /** The manifests that the learner has typed. */
  get text(): string {
    return this.#text.value
  }

  #take(): void {
    const { state } = this.#session().cluster
    const policies = state.peek('networkpolicies')
    this.#text.value = cleanYaml(policies.map((policy) => ({ ...TYPE, ...policy })))
    this.#forget()
    if (policies.length === 0) this.#says.textContent = this.#words.noPolicies
  }

  /** A result belongs to the text that it was computed from. */
  #forget(): void {
    this.#result.replaceChildren()
    this.#says.textContent = ''
    this.#says.className = ''
  }

  #compare(): void {
    const words = this.#words
    try {
      const text = this.#text.value
      const before = this.#session().cluster.fork()
      const after = before.fork()
      const kinds = text.trim() === '' ? [] : parseManifests(text).map(({ kind = '' }) => kind)
      apply(after, text)
      const matrices = [
        ...(kinds.some((kind) => RBAC.includes(kind)) ? [accessMatrix(words, text, before, after)] : []),
        ...(kinds.every((kind) => RBAC.includes(kind)) && kinds.length > 0
          ? []
          : [networkMatrix(words, this.#language, before, after)]),
      ]
      this.#result.replaceChildren(...matrices.map((matrix) => this.#show(matrix)))
      const changes = matrices.reduce((sum, matrix) => sum + matrix.changes.length, 0)
      this.#says.textContent = changes === 0 ? words.noChanges : words.changes(changes)
      this.#says.className = ''
    } catch (error) {
      this.#result.replaceChildren()
      this.#says.textContent = error instanceof Error ? error.message : String(error)
      this.#says.className = 'error'
    }
  }

  #show({ title, corner, columns, rows, changes }: Matrix): HTMLElement {
    return h(
      'section',
      {},
      changes.length > 0 &&
        h(
          'ul',
          { class: 'changes', 'aria-label': title },
          ...changes.map((change) => h('li', {}, this.#button(change))),
        ),
      h(
        'div',
        { class: 'wide', tabindex: 0 },
        h(
          'table',
          { class: 'matrix' },
          h('caption', {}, title),
          h(
            'thead',
            {},
            h('tr', {}, h('td', {}, corner), ...columns.map((name) => h('th', { scope: 'col' }, name))),
          ),
          h(
            'tbody',
            {},
            ...rows.map((row) =>
              h(
                'tr',
                {},
                h('th', { scope: 'row' }, row.title),
                ...row.cells.map((cell) =>
                  h('td', { class: cell.allowed ? 'allowed' : 'denied' }, this.#button(cell)),
                ),
              ),
            ),
          ),
        ),
      ),
    )
  }

  /** Opens the proof of a cell or a change. */
  #button(of: MatrixCell | MatrixChange): HTMLButtonElement {
    const words = this.#words
    const lang = this.#language
    const open = (): void => {
      const proofs = of
        .proof()
        .flatMap(({ view, text }) => [
          h('img', {
            src: `data:image/svg+xml,${encodeURIComponent(toSvg(view, { lang }))}`,
            alt: toText(view, { lang }),
          }),
          h('pre', { class: 'proof', tabindex: 0, 'aria-label': words.proof }, text(lang)),
        ])
      openDialog(of.title, words.close, ...proofs)
    }
    return h('button', { type: 'button', 'aria-label': `${of.title}: ${of.text}`, onclick: open }, of.text)
  }
}

/** The text has all NetworkPolicies of the namespaces that it speaks of, and adds anything else. */
function apply(cluster: SimCluster, text: string): void {
  if (text.trim() === '') return
  const objects = parseManifests(text) as readonly {
    readonly kind: string
    readonly metadata: { readonly name?: string; readonly namespace?: string }
  }[]
  const policies = objects.filter(({ kind }) => kind === 'NetworkPolicy')
  const home = ({ namespace = 'default' }: { readonly namespace?: string | undefined }): string => namespace
  const spaces = new Set(policies.map(({ metadata }) => home(metadata)))
  for (const { metadata } of cluster.list('networkpolicies').items) {
    const isKept = policies.some(
      (each) => each.metadata.name === metadata.name && home(each.metadata) === metadata.namespace,
    )
    if (spaces.has(home(metadata)) && !isKept)
      cluster.in(home(metadata)).delete('networkpolicies', metadata.name ?? '')
  }
  cluster.apply(text)
}
