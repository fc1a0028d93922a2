import type { Language } from '../../src/lang/text/phrases.js'
import { MOST_NODES } from './actions.js'
import { h } from './dom.js'
import { downloadProgress, type Progress } from './guide/progress.js'
import type { Words } from './texts.js'

/** What the head of the page is connected to. */
export interface HeaderParts {
  readonly words: Words
  readonly language: Language
  readonly says: HTMLElement
  readonly progress: () => Progress
  readonly save: (change: Partial<Progress>) => void
  readonly openFree: (nodes: number) => void
  readonly share: () => void
  readonly importFile: (file: File | undefined) => void
  readonly speak: (language: Language) => void
}

/** The head of the page: a free cluster, sharing, progress as a file, theme, language. */
export function header(parts: HeaderParts): HTMLElement {
  const { words, language, says } = parts
  const nodes = h('input', { type: 'number', id: 'nodes', min: 1, max: MOST_NODES, value: 3, size: 3 })
  const file: HTMLInputElement = h('input', {
    type: 'file',
    accept: 'application/json',
    hidden: true,
    'aria-label': words.importProgress,
    onchange: (): void => parts.importFile(file.files?.[0]),
  })
  const button = (text: string, onclick: () => unknown): HTMLElement =>
    h('button', { type: 'button', onclick }, text)
  const other = language === 'ko' ? 'en' : 'ko'
  return h(
    'header',
    { class: 'top' },
    h('h1', {}, 'simcluster', h('span', {}, words.title.slice('simcluster'.length))),
    says,
    h(
      'details',
      { class: 'menu' },
      h('summary', {}, words.menu),
      h(
        'div',
        { class: 'sheet' },
        h(
          'form',
          {
            onsubmit: (event: Event) => {
              event.preventDefault()
              parts.openFree(Number(nodes.value))
            },
          },
          h('label', { for: 'nodes' }, `${words.free}, ${words.freeNodes}`),
          nodes,
          h('button', {}, words.open),
        ),
        button(words.exportProgress, () => downloadProgress(parts.progress())),
        button(words.importProgress, () => file.click()),
        file,
      ),
    ),
    button(words.share, parts.share),
    themeButton(parts),
    h('button', { type: 'button', lang: other, onclick: () => parts.speak(other) }, words.language),
  )
}

function themeButton({ words, save }: HeaderParts): HTMLElement {
  const isDark = (): boolean =>
    getComputedStyle(document.documentElement).getPropertyValue('--dark').trim() === '1'
  const turn = ({ currentTarget }: Event & { readonly currentTarget: HTMLElement }): void => {
    const theme = isDark() ? 'light' : 'dark'
    save({ theme })
    document.documentElement.dataset['theme'] = theme
    currentTarget.setAttribute('aria-pressed', String(theme === 'dark'))
  }
  return h('button', { type: 'button', 'aria-pressed': String(isDark()), onclick: turn }, words.theme)
}
