import type { Page } from './pages.js'

/** A `ts` block of a page, with the set-up that a comment right before it gives. */
export interface Block {
  readonly file: string
  /** Line of the page on which the code begins, from 1. */
  readonly line: number
  readonly code: string
  readonly setup: string
  /** Line of the page on which the set-up begins. */
  readonly setupLine: number
  /** Whether the code of the block before it comes first. */
  readonly continues: boolean
  /** Whether the code is checked by the compiler only. */
  readonly typesOnly: boolean
}

const OPENING = /^<!-- setup(?: (?<flags>[a-z -]*?))?(?: *(?<end>-->))?$/
const FENCE = /^ *```/

/**
 * The `ts` blocks of a page. The comment before one is `<!-- setup`, then the words `continues` and
 * `types-only` as needed, then lines of code, then `-->`. In a list, both are indented.
 * @throws Error for a word that means nothing, or a comment without a block.
 */
export function blocksOf({ file, text }: Page): readonly Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  const none = { setup: '', setupLine: 0, continues: false, typesOnly: false }
  let comment: Pick<Block, keyof typeof none> | undefined
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const indent = line.length - line.trimStart().length
    const body = (end: number): string =>
      lines
        .slice(at + 1, end)
        .map((each) => each.slice(indent))
        .join('\n')
    const endOf = (closing: string): number => lines.indexOf(`${' '.repeat(indent)}${closing}`, at + 1)
    const opening = OPENING.exec(line.trim())
    if (opening) {
      const end = opening.groups?.['end'] === undefined ? endOf('-->') : at
      comment = { ...flagsOf(opening, `${file}:${at + 1}`), setup: body(end), setupLine: at + 2 }
      at = end
    } else if (FENCE.test(line)) {
      const end = endOf('```')
      if (line.trim() === '```ts') {
        blocks.push({ file, line: at + 2, code: body(end), ...(comment ?? none) })
        comment = undefined
      }
      at = end
    } else if (line !== '' && comment !== undefined)
      throw new Error(`${file}:${at + 1}: a setup comment without a block`)
  }
  return blocks
}

function flagsOf({ groups }: RegExpExecArray, place: string): Pick<Block, 'continues' | 'typesOnly'> {
  const words = (groups?.['flags'] ?? '').split(' ').filter((word) => word !== '')
  const wrong = words.find((word) => word !== 'continues' && word !== 'types-only')
  if (wrong !== undefined) throw new Error(`${place}: unknown word of a setup comment: ${wrong}`)
  return { continues: words.includes('continues'), typesOnly: words.includes('types-only') }
}
