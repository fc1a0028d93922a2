import { h } from './dom.js'

/** Renders what the course's prose uses of markdown: paragraphs, lists, tables, `code`, **strong**. */
export function markdown(text: string): DocumentFragment {
  const fragment = document.createDocumentFragment()
  for (const block of text.split(/\n{2,}/)) fragment.append(...blockOf(block.split('\n')))
  return fragment
}

const BULLET = /^\s*- /
const NUMBER = /^\s*\d+\. /

function blockOf(lines: readonly string[]): readonly HTMLElement[] {
  const first = lines.findIndex((line) => BULLET.test(line) || NUMBER.test(line))
  if (first > 0) return [...blockOf(lines.slice(0, first)), ...blockOf(lines.slice(first))]
  if (first === 0) return [listOf(lines)]
  if (lines[0]?.startsWith('|') === true) return [tableOf(lines)]
  return [h('p', {}, ...inline(lines.join(' ')))]
}

function listOf(lines: readonly string[]): HTMLElement {
  const items: string[] = []
  for (const line of lines) {
    if (BULLET.test(line) || NUMBER.test(line)) items.push(line.replace(BULLET, '').replace(NUMBER, ''))
    else items.push(`${items.pop() ?? ''} ${line.trim()}`)
  }
  return h(
    NUMBER.test(lines[0] ?? '') ? 'ol' : 'ul',
    {},
    ...items.map((item) => h('li', {}, ...inline(item))),
  )
}

function tableOf(lines: readonly string[]): HTMLElement {
  const rows = lines
    .filter((line) => !/^\|[\s:|-]+\|$/.test(line))
    .map((line) =>
      line
        .trim()
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    )
  const [head = [], ...body] = rows
  return h(
    'div',
    { class: 'wide', tabindex: 0 },
    h(
      'table',
      {},
      h('thead', {}, h('tr', {}, ...head.map((cell) => h('th', { scope: 'col' }, ...inline(cell))))),
      h(
        'tbody',
        {},
        ...body.map((cells) => h('tr', {}, ...cells.map((cell) => h('td', {}, ...inline(cell))))),
      ),
    ),
  )
}

function inline(text: string): readonly (HTMLElement | string)[] {
  return text.split(/(`[^`]+`|\*\*[^*]+\*\*)/).map((part) => {
    if (part.startsWith('`')) return h('code', {}, part.slice(1, -1))
    if (part.startsWith('**')) return h('strong', {}, part.slice(2, -2))
    return part
  })
}
