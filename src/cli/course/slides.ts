import type { Chapter, Step, Text } from '../../course/chapter.js'
import type { Language } from '../../lang/text/phrases.js'
import { eventText } from '../../course/event-text.js'
import { Playback } from '../../course/playback.js'
import { startCluster } from '../../course/start.js'
import { escapeXml } from '../../lang/svg/drawing.js'

/** Lines that a slide can show. Longer outputs are cut, and say so. */
const MOST_LINES = 16

/**
 * Returns a chapter as a deck of slides: one HTML page that needs nothing else, and that browsers print one
 * slide a page. Its commands are played, so that what they print is what the simulator says. `notes` adds
 * what only teachers are told, each note on the slide of what it is about.
 */
export async function slidesOf(
  chapter: Chapter,
  language: Language,
  { notes: areNotesShown = false }: { readonly notes?: boolean } = {},
): Promise<string> {
  const playback = new Playback(startCluster(chapter.start))
  const slides = [titleSlide(chapter, language)]
  for (const { title, steps, notes } of chapter.sections) {
    const heading = `<h2>${inline(title[language])}</h2>`
    let blocks: string[] = []
    const flush = (): void => {
      if (blocks.length > 0) slides.push(heading + blocks.join('\n'))
      blocks = []
    }
    const addNotes = (before: number): void => {
      if (areNotesShown)
        blocks.push(...notes.filter(({ at }) => at === before).map(({ text }) => noteOf(text, language)))
    }
    for (const [at, step] of steps.entries()) {
      addNotes(at)
      const block = await blockOf(step, playback, language)
      if (block === '') continue
      // a question is a slide of its own: its answer must not be seen beside it
      if (step.kind === 'predict' || linesOf([...blocks, block]) > MOST_LINES) flush()
      blocks.push(block)
      if (step.kind === 'predict') flush()
    }
    addNotes(steps.length)
    flush()
  }
  return page(chapter.title[language], language, slides)
}

const linesOf = (blocks: readonly string[]): number =>
  blocks.reduce((sum, block) => sum + block.split('\n').length + 1, 0)

const titleSlide = ({ number, title, goals }: Chapter, language: Language): string =>
  `<h1>${number}. ${inline(title[language])}</h1>\n` +
  `<ul>${goals.map((each) => `<li>${inline(each[language])}</li>`).join('\n')}</ul>`

async function blockOf(step: Step, playback: Playback, language: Language): Promise<string> {
  const { terminal } = await playback.play(step, language)
  switch (step.kind) {
    case 'prose':
      return markup(step.text[language])
    case 'file':
      return `<p class="file"><code>${escapeXml(step.path)}</code></p>\n${pre(step.text)}`
    case 'command':
      return pre(`$ ${step.line}\n${terminal}`)
    case 'event':
      return `<p class="event">${escapeXml(eventText(step, language))}</p>`
    case 'ask':
      return pre(terminal)
    case 'predict':
      return (
        `<p class="question">${inline(step.question[language])}</p>` + (terminal === '' ? '' : pre(terminal))
      )
  }
}

const NOTE = { ko: '강사에게', en: 'For the teacher' } as const

const noteOf = (text: Text, language: Language): string =>
  `<aside><strong>${NOTE[language]}</strong>${markup(text[language])}</aside>`

function pre(text: string): string {
  const lines = text.trimEnd().split('\n')
  const shown =
    lines.length > MOST_LINES ? [...lines.slice(0, MOST_LINES - 1), `... (${lines.length})`] : lines
  return `<pre>${escapeXml(shown.join('\n'))}</pre>`
}

const inline = (text: string): string =>
  escapeXml(text)
    .replaceAll(/`([^`]+)`/g, '<code>$1</code>')
    .replaceAll(/\*\*(.+?)\*\*/gs, '<strong>$1</strong>')

/** Paragraphs, lists and tables. */
const markup = (text: string): string =>
  text
    .split('\n\n')
    .map((block) =>
      block.startsWith('|')
        ? tableOf(block)
        : block.startsWith('- ')
          ? `<ul>${block
              .split(/\n(?=- )/)
              .map((item) => `<li>${inline(item.slice(2))}</li>`)
              .join('\n')}</ul>`
          : `<p>${inline(block)}</p>`,
    )
    .join('\n')

function tableOf(block: string): string {
  const rows = block
    .split('\n')
    .filter((line) => !/^\|[-| :]+\|$/.test(line))
    .map((line) => line.slice(1, -1).split('|'))
  const row = (cells: readonly string[], tag: string): string =>
    `<tr>${cells.map((cell) => `<${tag}>${inline(cell.trim())}</${tag}>`).join('')}</tr>`
  return `<table>${rows.map((cells, at) => row(cells, at === 0 ? 'th' : 'td')).join('\n')}</table>`
}

const STYLE = `
@page { size: 297mm 167mm; margin: 0 }
* { box-sizing: border-box }
body { margin: 0; font: 26px/1.5 system-ui, 'Noto Sans KR', sans-serif; color: #1d2733; word-break: keep-all }
section { min-height: 100vh; padding: 5vh 6vw; break-after: page; scroll-snap-align: start }
html { scroll-snap-type: y proximity }
h1 { font-size: 54px } h2 { font-size: 36px; margin: 0 0 3vh; border-bottom: 3px solid #2f6fdb }
pre { font: 18px/1.35 ui-monospace, monospace; background: #f2f5f9; padding: 14px; white-space: pre-wrap;
  overflow-wrap: anywhere }
code { font-family: ui-monospace, monospace; background: #f2f5f9 }
table { border-collapse: collapse } th, td { border: 1px solid #c6d0dc; padding: 4px 12px; text-align: left }
.question { font-size: 40px; margin-top: 12vh } .event, .file { color: #5a6a7d }
aside { font-size: 20px; border-left: 6px solid #b7791f; padding: 2px 16px; margin-top: 2vh }
`

/** A page without scripts: Page Down leads to the next slide. */
const page = (title: string, language: Language, slides: readonly string[]): string =>
  `<!doctype html>\n<html lang="${language}">\n<head><meta charset="utf-8">` +
  `<title>${escapeXml(title)}</title>` +
  `<style>${STYLE}</style></head>\n<body>\n` +
  `${slides.map((slide) => `<section>${slide}</section>\n`).join('')}</body>\n</html>\n`
