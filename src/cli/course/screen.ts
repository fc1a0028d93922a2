import type { Chapter, FileStep, Section, Step } from '../../course/chapter.js'
import type { Language } from '../../lang/text/phrases.js'
import type { Shown } from '../../course/playback.js'
import { wrapText } from '../../lang/text/text-width.js'
import type { ScreenOptions } from './markdown.js'
import { formatMarkdown, styled } from './markdown.js'
import { WORDS } from './words.js'
import type { CourseWords } from './words.js'

/** Lines of a file that a learner is shown without asking. */
const LONG = 24

/** Lets a learner edit a text. Returns undefined if there is no editor, or if it has failed. */
export type Editor = (text: string, name: string) => string | undefined

/** Writes the course to a terminal, in one language. */
export class Screen {
  /** The editor of the learner; a terminal of which nothing is known has none. */
  readonly editor: Editor | undefined
  readonly words: CourseWords
  readonly language: Language
  readonly #options: ScreenOptions
  readonly #write: (text: string) => void

  constructor(language: Language, options: ScreenOptions, write: (text: string) => void, editor?: Editor) {
    this.editor = editor
    this.words = WORDS[language]
    this.language = language
    this.#options = options
    this.#write = write
  }

  line(text = ''): void {
    this.#write(`${text}\n`)
  }

  /** Text in lines no wider than the screen. */
  wrapped(text: string): void {
    const lines = text.split('\n').flatMap((line) => wrapText(line, this.#options.columns - 2))
    this.line(lines.join('\n'))
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
    this.title(this.words.chapter(number, title[this.language], release.slice(1)))
    this.line(this.words.goals)
    for (const goal of goals) {
      const [first = '', ...more] = wrapText(goal[this.language], this.#options.columns - 4)
      for (const [at, line] of [first, ...more].entries()) this.line(`${at === 0 ? '- ' : '  '}${line}`)
    }
  }

  section({ rows, title }: Section): void {
    const ids = rows.length === 0 ? '' : `${rows.join(', ')}  `
    this.line(`\n${styled(`--- ${ids}${title[this.language]}`, 'bold', this.#options)}\n`)
  }

  /** A step before it is played: its text, or what is about to be typed. */
  before(step: Step, prompt: string, { isTaught = false }: { readonly isTaught?: boolean } = {}): void {
    if (step.kind === 'prose') this.prose(step.text[this.language])
    if (step.kind === 'predict')
      this.note(
        (step.part === 'question' ? this.words.predict : this.words.answer)(step.question[this.language]),
      )
    if (step.kind === 'event') this.note(`... ${this.words.event(step)}`)
    if (step.kind === 'ask') this.note(this.words.ask(step.question))
    if (step.kind === 'file') this.#file(step, isTaught)
    if (step.kind !== 'command') return
    // a learner sees the prompt of the shell itself, with what to type above it
    if (isTaught) this.line(styled(step.line.replaceAll(/^/gm, '  '), 'bold', this.#options))
    else this.command(prompt, step.line)
  }

  /** A long file is shown to a learner who asks for it. */
  #file({ path, text, isInitial }: FileStep, isTaught: boolean): void {
    const lines = text.trimEnd().split('\n')
    const isLong = isTaught && lines.length > LONG
    const words = [
      this.words.file(path),
      ...(isInitial ? [this.words.initial] : []),
      ...(isLong ? [this.words.longFile(lines.length, path)] : []),
    ]
    this.note(words.join(' '))
    if (!isLong) this.file(text)
  }

  /** The text of a file, indented. */
  file(text: string): void {
    this.line(`${text.trimEnd().replaceAll(/^/gm, '    ')}\n`)
  }

  /** A line that is typed, behind the prompt of its shell. */
  command(prompt: string, line: string): void {
    this.line(`${styled(prompt, 'dim', this.#options)}${styled(line, 'bold', this.#options)}`)
  }

  /** What came of a step. */
  after({ terminal }: Shown): void {
    if (terminal !== '') this.line(terminal)
  }
}
