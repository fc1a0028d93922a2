import type { Chapter, Language, Section, Step } from '../../course/chapter.js'
import type { Shown } from '../../course/playback.js'
import { wrapText } from '../../lang/text/text-width.js'
import type { ScreenOptions } from './markdown.js'
import { formatMarkdown, styled } from './markdown.js'
import { WORDS } from './words.js'
import type { Words } from './words.js'

/** Writes the course to a terminal, in one language. */
export class Screen {
  readonly words: Words
  readonly #language: Language
  readonly #options: ScreenOptions
  readonly #write: (text: string) => void

  constructor(language: Language, options: ScreenOptions, write: (text: string) => void) {
    this.words = WORDS[language]
    this.#language = language
    this.#options = options
    this.#write = write
  }

  line(text = ''): void {
    this.#write(`${text}\n`)
  }

  /** Markdown, and an empty line. */
  prose(text: string): void {
    this.line(`${formatMarkdown(text, this.#options)}\n`)
  }

  title(text: string): void {
    this.line(`\n${styled(`=== ${text} ===`, 'bold', this.#options)}\n`)
  }

  note(text: string): void {
    this.line(`${styled(`# ${text}`, 'dim', this.#options)}\n`)
  }

  chapter({ number, title, goals, version, start }: Chapter): void {
    const { version: release = version } = start.cluster
    this.title(this.words.chapter(number, title[this.#language], release.slice(1)))
    this.line(this.words.goals)
    for (const goal of goals) {
      const [first = '', ...more] = wrapText(goal[this.#language], this.#options.columns - 4)
      for (const [at, line] of [first, ...more].entries()) this.line(`${at === 0 ? '- ' : '  '}${line}`)
    }
  }

  section({ rows, title }: Section): void {
    const ids = rows.length === 0 ? '' : `${rows.join(', ')}  `
    this.line(`\n${styled(`--- ${ids}${title[this.#language]}`, 'bold', this.#options)}\n`)
  }

  /** A step before it is played: its text, or what is about to be typed. */
  before(step: Step): void {
    if (step.kind === 'prose') this.prose(step.text[this.#language])
    if (step.kind === 'predict')
      this.note(
        (step.part === 'question' ? this.words.predict : this.words.answer)(step.question[this.#language]),
      )
    if (step.kind === 'event') this.note(`... ${this.words.event(step)}`)
    if (step.kind === 'ask') this.note(this.words.ask(step.question))
    if (step.kind === 'file') {
      this.note(this.words.file(step.path) + (step.isInitial ? ` ${this.words.initial}` : ''))
      this.line(step.text.trimEnd().replaceAll(/^/gm, '    '))
      this.line()
    }
    if (step.kind === 'command') this.command(step.machine, step.line)
  }

  command(machine: string, line: string): void {
    this.line(`${styled(`${machine} $`, 'dim', this.#options)} ${styled(line, 'bold', this.#options)}`)
  }

  /** What came of a step. */
  after({ terminal }: Shown): void {
    if (terminal !== '') this.line(terminal)
  }
}
