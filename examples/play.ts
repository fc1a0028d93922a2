/**
 * Plays the course in the terminal: `npm start` its first chapter, `npm start -- chapter 4` another one, `npm
 * start -- --list` tells which there are. `--version v1.14` (or `v1.35`) plays it at that version only.
 */
import { argv, exit, stdout } from 'node:process'
import type { Chapter } from './course/terminal.js'

const words = argv.slice(2).filter((word) => !word.endsWith('.ts'))
const [, version] = /--version[= ](v1\.\d+)/.exec(words.join(' ')) ?? []
const numbers = words.map(Number).filter((number) => Number.isInteger(number) && number > 0)
const HOW = 'Others: npm start -- chapter 4; which there are: npm start -- --list'

async function main(): Promise<number> {
  if (words.length === 0) {
    const { playNodeMaintenance } = await import('./node-maintenance.js')
    playNodeMaintenance()
    stdout.write(`${HOW}\n`)
    return 0
  }
  const { CHAPTERS } = await import('./course/chapters.js')
  if (words.some((word) => word === '--list' || word === 'list')) {
    for (const { number, title, rows } of CHAPTERS)
      stdout.write(`${number}  ${title} (${rows.map(({ id }) => id).join(', ')})\n`)
    stdout.write(
      '\nnpm start -- chapter 4                    plays one as it was written (Kubernetes 1.14), ' +
        'then as it is today\nnpm start -- chapter 4 --version v1.35    today only\n',
    )
    return 0
  }
  const chosen = numbers.map((number) => CHAPTERS.find((each) => each.number === number))
  if (chosen.length === 0 || chosen.includes(undefined)) {
    stdout.write(`There is no such chapter. ${HOW}\n`)
    return 1
  }
  for (const chapter of chosen) if (chapter !== undefined) await play(chapter)
  return 0
}

async function play(chapter: Chapter): Promise<void> {
  const { Terminal, VERSIONS } = await import('./course/terminal.js')
  for (const each of version === undefined ? VERSIONS : [version]) {
    stdout.write(`\n=== Chapter ${chapter.number}: ${chapter.title}, Kubernetes ${each.slice(1)} ===\n\n`)
    const terminal = new Terminal(chapter.begin(each), (text) => void stdout.write(text))
    for (const { id, title, play: playRow } of chapter.rows) {
      stdout.write(`--- ${id}: ${title}\n\n`)
      await playRow(terminal)
    }
  }
}

exit(await main())
