import { existsSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import type { Page } from './pages.js'

/** Where names are looked up. */
export interface Known {
  /** Whether a path relative to the repository exists. */
  readonly exists: (path: string) => boolean
  /** Text of a page of the repository. */
  readonly read: (path: string) => string
  readonly scripts: readonly string[]
}

const FENCE = /^ *```.*?^ *```$/gms
const CODE = /`([^`\n]+)`/g
const CODE_OR_FENCE = /^ *```.*?^ *```$|`[^`\n]+`/gms
const LINK = /\]\(([^)\s]+)\)/g
const FOLDERS = ['src', 'test', 'docs', 'scripts', 'examples', 'bench', '.ci']
  .join('|')
  .replaceAll('.', '\\.')
const PATH = new RegExp(`^(?:${FOLDERS})(?:/[\\w.-]+)*/?$`)
const SCRIPT = /\bnpm (?:run )?(?:-s |--silent )?(?<run>[\w:-]+)/g
const NPM_COMMANDS = ['ci', 'init', 'install', 'pkg', 'publish', 'pack', 'run', 'version']

/** Paths, links, headings and npm scripts that a page names and that do not exist, as `file:line: ...`. */
export function missingNames({ file, text }: Page, known: Known): readonly string[] {
  const prose = text.replaceAll(FENCE, (block) => block.replaceAll(/[^\n]/g, ' '))
  const found: { readonly at: number; readonly message: string }[] = []
  for (const { index, 1: code = '' } of prose.matchAll(CODE))
    for (const word of code.split(/[\s,]+/))
      if (PATH.test(word) && !known.exists(word)) found.push({ at: index, message: `no such path: ${word}` })
  for (const { index, 1: link = '' } of prose.matchAll(LINK)) {
    if (/^[a-z]+:/.test(link)) continue
    const [path = '', heading] = link.split('#')
    const target = path === '' ? file : normalize(join(dirname(file), path))
    if (!known.exists(target)) found.push({ at: index, message: `no such file: ${link}` })
    else if (heading !== undefined && !headingsOf(known.read(target)).includes(heading))
      found.push({ at: index, message: `no such heading: ${link}` })
  }
  for (const { index: at, 0: code } of text.matchAll(CODE_OR_FENCE))
    for (const { groups } of code.matchAll(SCRIPT)) {
      const script = groups?.['run'] ?? ''
      if (!NPM_COMMANDS.includes(script) && !known.scripts.includes(script))
        found.push({ at, message: `no such npm script: ${script}` })
    }
  return found
    .toSorted((a, b) => a.at - b.at)
    .map(({ at, message }) => `${file}:${text.slice(0, at).split('\n').length}: ${message}`)
}

/** Anchors of a page's headings, as GitHub makes them. */
function headingsOf(text: string): readonly string[] {
  return [...text.replaceAll(FENCE, '').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  )
}

/** Prose lines of a page that are longer than 110 columns, as `file:line: ...`. Tables may be. */
export function longLines({ file, text }: Page): readonly string[] {
  // what a program prints is as long as it is
  const own = text.replace(/(?<=<!-- output: .* -->\n\n```text\n)[^]*?(?=\n```)/g, (output) =>
    output.replaceAll(/[^\n]/g, ''),
  )
  return own
    .split('\n')
    .flatMap((line, at) =>
      line.length > 110 && !line.startsWith('|') && !/^\[[^\]]+\]: /.test(line)
        ? [`${file}:${at + 1}: ${line.length} columns`]
        : [],
    )
}

/** Whether a path of the repository exists. */
export function existsIn(root: string): (path: string) => boolean {
  return (path) => existsSync(join(root, path))
}
