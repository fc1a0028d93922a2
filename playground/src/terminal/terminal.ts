import type { Terminal } from '@xterm/xterm'
import { textWidth } from '../../../src/lang/text/text-width.js'
import type { Completion } from '../../../src/course/terminal-line.js'
import { commonStart } from '../../../src/course/terminal-line.js'

/** What a terminal is connected to. */
export interface TerminalParts {
  readonly prompt: () => string
  /** Runs a line, and writes what it prints. */
  readonly run: (line: string) => Promise<void>
  readonly complete: (line: string) => Promise<Completion>
  /** Whether `exit` leads back to where the learner came from. */
  readonly canLeave: () => boolean
  /** Ctrl+C while nothing is typed. */
  readonly interrupt: () => void
}

/** Characters of the transcript. */
const MOST_KEPT = 400_000

const ESCAPE = '\u001b'
const CONTROL = `${ESCAPE}[`
/** A screen of its own for a program, and the way back. */
const [OTHER_SCREEN, NORMAL_SCREEN] = [`${CONTROL}?1049h`, `${CONTROL}?1049l`]

/** A control sequence, a key with Alt, a key, or text up to the next of these. */
const NEXT_KEY = new RegExp(`^(?:${ESCAPE}(?:\\[[\\d;]*[A-Za-z~]|O[A-Z]|[bdf\u007f])|\\p{Cc}|\\P{Cc}+)`, 'u')

/** A search of the history: Ctrl+R. */
interface Search {
  readonly query: string
  /** Index of the line that was found; the length of the history before there is one. */
  readonly at: number
  readonly isFailed: boolean
  /** What was typed before, and where the cursor was. */
  readonly own: readonly [line: string, cursor: number]
}

/** xterm.js with a line editor: cursor keys, history, completion, lines that go on. */
export class TerminalView {
  /** Undefined until xterm.js has come. What was written before is shown then. */
  #terminal: Terminal | undefined
  #wantsFocus = false
  readonly #parent: HTMLElement
  readonly #parts: TerminalParts
  readonly history: string[] = []
  /** All that was written, without the line that is being typed. */
  #transcript = ''
  /** Characters that were written before it, and are not kept. */
  #dropped = 0
  /** How much of it is shown, if the past is looked at. */
  #cut: number | undefined
  /** What stands there in place of a prompt. */
  #note = ''
  #line = ''
  #cursor = 0
  /** Row of the cursor, counted from the prompt's. */
  #row = 0
  /** Index into the history; its length is the line that is being typed. */
  #recalled = 0
  #search: Search | undefined
  /** What was searched for last. */
  #query = ''
  /** What a program shows in place of the transcript. */
  #screen: string | undefined
  /** Lines of a here-document, or that a backslash continues. */
  #begun = ''
  #busy = false
  #ahead = ''

  constructor(parent: HTMLElement, label: string, parts: TerminalParts) {
    this.#parent = parent
    this.#parts = parts
    void this.#open(label)
  }

  async #open(label: string): Promise<void> {
    const { openXterm } = await import('./xterm.js')
    this.#terminal = openXterm(this.#parent, label, (data) => void this.#read(data))
    this.#show(this.#cut)
    if (this.#wantsFocus) this.#terminal.focus()
  }

  focus(): void {
    this.#wantsFocus = true
    this.#terminal?.focus()
  }

  /** How much was written so far. */
  get written(): number {
    return this.#dropped + this.#transcript.length
  }

  /** Shows what was written up to then, and a note in place of a prompt; without a number all of it. */
  cutAt(length?: number, note = ''): void {
    if (length === this.#cut) return
    this.#cut = length
    this.#note = note
    this.#show(length)
  }

  #show(length: number | undefined): void {
    const end = length === undefined ? undefined : Math.max(0, length - this.#dropped)
    if (length === undefined && this.#screen !== undefined) return this.showScreen(this.#screen)
    this.#terminal?.write(`${NORMAL_SCREEN}${CONTROL}2J${CONTROL}3J${CONTROL}H`)
    this.#row = 0
    this.#terminal?.write(this.#transcript.slice(0, end).replaceAll(/\r?\n/g, '\r\n'))
    if (length !== undefined) this.#terminal?.write(`${CONTROL}2m${this.#note}${CONTROL}0m`)
    else if (!this.#busy) this.#draw()
  }

  #drop(count: number): void {
    this.#transcript = this.#transcript.slice(count)
    this.#dropped += count
  }

  clear(): void {
    this.#drop(this.#transcript.length)
    this.#terminal?.write(`${CONTROL}2J${CONTROL}3J${CONTROL}H`)
  }

  /** Columns of the screen. */
  get columns(): number {
    return this.#terminal?.cols ?? 80
  }

  /** Shows a text in place of all that was written, as far as there is room, until {@link endScreen}. */
  showScreen(text: string): void {
    this.#screen = text
    if (this.#cut !== undefined) return
    const lines = text.split('\n').slice(0, this.#terminal?.rows ?? 24)
    const shown = lines.map((line) => cutTo(line, this.columns)).join('\r\n')
    this.#terminal?.write(`${OTHER_SCREEN}${CONTROL}2J${CONTROL}H${shown}`)
  }

  /** Shows again what was written. */
  endScreen(): void {
    this.#screen = undefined
    this.#show(this.#cut)
  }

  /** Writes a text that has ended the line, or none. */
  write(text: string): void {
    this.#transcript += text
    if (this.#transcript.length > 2 * MOST_KEPT) this.#drop(this.#transcript.length - MOST_KEPT)
    if (this.#cut === undefined && this.#screen === undefined)
      this.#terminal?.write(text.replaceAll(/\r?\n/g, '\r\n'))
  }

  /** Writes a text above the line that is being typed. */
  say(text: string): void {
    if (this.#busy) return this.write(text)
    this.#erase()
    this.write(text.endsWith('\n') ? text : `${text}\n`)
    this.#draw()
  }

  /** Shows a new prompt, as after another session has been opened. */
  restart(): void {
    this.#erase()
    this.#line = this.#begun = ''
    this.#cursor = 0
    this.#search = undefined
    this.#draw()
  }

  /** Types a line, as a button does. What a learner has begun comes back afterwards. */
  async type(line: string): Promise<void> {
    this.#search = undefined
    const [own, at] = [this.#line, this.#cursor]
    this.#line = line
    this.#cursor = line.length
    this.#redraw()
    await this.#enter()
    this.#line = own
    this.#cursor = at
    this.#redraw()
  }

  /** Handles keys and pasted text. */
  async #read(data: string): Promise<void> {
    if (data === '\u0003') return this.#cancel()
    if (this.#busy) {
      this.#ahead += data
      return
    }
    const [part = ''] = NEXT_KEY.exec(data) ?? [data]
    await this.#key(part)
    const rest = data.slice(part.length)
    if (rest !== '') await this.#read(rest)
  }

  async #key(key: string): Promise<void> {
    if (this.#search !== undefined && this.#searchKey(key, this.#search)) return
    const line = this.#line
    const at = this.#cursor
    switch (key) {
      case '\r':
      case '\n':
        return this.#enter()
      case '\t':
        return this.#completeLine()
      case '\u007f':
      case '\b':
        return this.#set(line.slice(0, before(line, at)) + line.slice(at), before(line, at))
      case '\u0004':
        if (line === '' && this.#begun === '') return this.#parts.canLeave() ? this.#leave() : undefined
        return this.#set(line.slice(0, at) + line.slice(after(line, at)), at)
      case `${CONTROL}3~`:
        return this.#set(line.slice(0, at) + line.slice(after(line, at)), at)
      case `${CONTROL}D`:
      case '\u0002':
        return this.#set(line, before(line, at))
      case `${CONTROL}C`:
      case '\u0006':
        return this.#set(line, after(line, at))
      case `${CONTROL}H`:
      case '\u001bOH':
      case '\u0001':
        return this.#set(line, 0)
      case `${CONTROL}F`:
      case '\u001bOF':
      case '\u0005':
        return this.#set(line, line.length)
      case '\u0015':
        return this.#set(line.slice(at), 0)
      case '\u000b':
        return this.#set(line.slice(0, at), at)
      case '\u0017': {
        const kept = line.slice(0, at).replace(/\S*\s*$/, '')
        return this.#set(kept + line.slice(at), kept.length)
      }
      case `${ESCAPE}\u007f`:
        return this.#set(line.slice(0, wordBefore(line, at)) + line.slice(at), wordBefore(line, at))
      case `${ESCAPE}d`:
        return this.#set(line.slice(0, at) + line.slice(wordAfter(line, at)), at)
      case `${ESCAPE}b`:
      case `${CONTROL}1;5D`:
        return this.#set(line, wordBefore(line, at))
      case `${ESCAPE}f`:
      case `${CONTROL}1;5C`:
        return this.#set(line, wordAfter(line, at))
      case '\u0012':
        return this.#searchFor('', this.history.length, [line, at])
      case '\u000c':
        this.clear()
        this.#row = 0
        return this.#draw()
      case `${CONTROL}A`:
      case '\u0010':
        return this.#recall(-1)
      case `${CONTROL}B`:
      case '\u000e':
        return this.#recall(1)
      default:
        if (/^\P{Cc}+$/u.test(key)) this.#set(line.slice(0, at) + key + line.slice(at), at + key.length)
    }
  }

  #set(line: string, cursor: number): void {
    this.#line = line
    this.#cursor = cursor
    this.#redraw()
  }

  /** Handles a key of a search. Returns false if it ends the search and means something else. */
  #searchKey(key: string, { query, at, own }: Search): boolean {
    switch (key) {
      case '\u0012':
        if (query === '') this.#searchFor(this.#query, this.history.length, own)
        else this.#searchFor(query, at - 1, own, at)
        return true
      case '\u007f':
      case '\b':
        this.#searchFor(query.slice(0, before(query, query.length)), this.history.length, own)
        return true
      case '\u0007':
        this.#search = undefined
        this.#set(...own)
        return true
      default:
        if (/^\P{Cc}+$/u.test(key)) {
          this.#searchFor(query + key, at, own)
          return true
        }
        this.#search = undefined
        this.#redraw()
        return key === ESCAPE
    }
  }

  /** Shows the newest line up to an index of the history that has a text in it; else the one at `found`. */
  #searchFor(query: string, from: number, own: Search['own'], found: number = from): void {
    const at =
      query === '' ? -1 : this.history.slice(0, from + 1).findLastIndex((line) => line.includes(query))
    this.#search = { query, at: at < 0 ? found : at, isFailed: query !== '' && at < 0, own }
    if (query !== '') this.#query = query
    if (at < 0) return this.#redraw()
    this.#recalled = at
    const line = this.history[at] ?? ''
    this.#set(line, line.indexOf(query))
  }

  #recall(by: number): void {
    const at = this.#recalled + by
    if (at < 0 || at > this.history.length) return
    this.#recalled = at
    const line = this.history[at] ?? ''
    this.#set(line, line.length)
  }

  #cancel(): void {
    if (this.#busy) {
      this.#ahead = ''
      return this.#parts.interrupt()
    }
    this.#parts.interrupt()
    this.write('^C\n')
    this.#search = undefined
    this.#line = this.#begun = ''
    this.#cursor = this.#row = 0
    this.#recalled = this.history.length
    this.#draw()
  }

  /** Ctrl+D at the beginning of a line: an `exit` that the history does not remember. */
  #leave(): Promise<void> {
    this.#line = 'exit'
    return this.#enter(false)
  }

  async #enter(isRemembered = true): Promise<void> {
    this.#cursor = this.#line.length
    this.#redraw()
    this.#transcript += `${coloured(this.#prompt())}${this.#line}`
    this.write('\n')
    const text = this.#begun + this.#line
    this.#line = ''
    this.#cursor = this.#row = 0
    if (isOpen(text)) {
      this.#begun = `${text}\n`
      return this.#draw()
    }
    this.#begun = ''
    if (text.trim() !== '') {
      if (isRemembered && this.history.at(-1) !== text) this.history.push(text)
      this.#setBusy(true)
      try {
        await this.#parts.run(text)
      } finally {
        this.#setBusy(false)
      }
    }
    this.#recalled = this.history.length
    this.#draw()
    const ahead = this.#ahead
    this.#ahead = ''
    if (ahead !== '') await this.#read(ahead)
  }

  /** The element says it too: `data-busy`. */
  #setBusy(isBusy: boolean): void {
    this.#busy = isBusy
    this.#parent.toggleAttribute('data-busy', isBusy)
  }

  async #completeLine(): Promise<void> {
    const start = this.#line.slice(0, this.#cursor)
    const { from, words } = await this.#parts.complete(start)
    const [only] = words
    if (only === undefined) return
    const common = words.length === 1 && !/[/=]$/.test(only) ? `${only} ` : commonStart(words)
    const typed = start.slice(from)
    if (common.length > typed.length)
      return this.#set(start.slice(0, from) + common + this.#line.slice(this.#cursor), from + common.length)
    if (words.length > 1) this.say(words.join('  '))
  }

  #prompt(): string {
    return this.#begun === '' ? this.#parts.prompt() : '> '
  }

  #erase(): void {
    if (this.#cut !== undefined) return
    this.#terminal?.write(`\r${this.#row > 0 ? `${CONTROL}${this.#row}A` : ''}${CONTROL}J`)
    this.#row = 0
  }

  #redraw(): void {
    this.#erase()
    this.#draw()
  }

  #draw(): void {
    if (this.#cut !== undefined) return
    const search = this.#search
    const prompt = search === undefined ? this.#prompt() : searchPrompt(search)
    const { columns } = this
    const shown = prompt + this.#line
    const [end, cursor] = [textWidth(shown), textWidth(prompt + this.#line.slice(0, this.#cursor))]
    const lastRow = Math.floor(end / columns)
    this.#row = Math.floor(cursor / columns)
    const up = lastRow - this.#row
    // a line that ends in the last column leaves the cursor there: go on to the next row
    this.#terminal?.write(
      `${search === undefined ? coloured(prompt) : prompt}${this.#line}${end > 0 && end % columns === 0 ? '\r\n' : ''}\r` +
        (up > 0 ? `${CONTROL}${up}A` : '') +
        (cursor % columns > 0 ? `${CONTROL}${cursor % columns}C` : ''),
    )
  }
}

const coloured = (prompt: string): string => `${CONTROL}1;36m${prompt}${CONTROL}0m`

const searchPrompt = ({ query, isFailed }: Search): string =>
  `(${isFailed ? 'failed ' : ''}reverse-i-search)\`${query}': `

/** A sequence that colours what follows, as one part of a text that is split. */
const COLOUR = new RegExp(`(${ESCAPE}\\[[\\d;]*m)`)

/** As much of a line as has room in so many columns. Colours are kept, so that they end. */
function cutTo(line: string, columns: number): string {
  let width = 0
  return line
    .split(COLOUR)
    .flatMap((part) => (COLOUR.test(part) ? [part] : syllables(part)))
    .filter((syllable) => {
      width += textWidth(syllable)
      return width <= columns || COLOUR.test(syllable)
    })
    .join('')
}

/** Where the word begins that a place is in, or the one before it. */
const wordBefore = (line: string, at: number): number =>
  line.slice(0, at).replace(/[\p{L}\p{M}\p{N}]*[^\p{L}\p{M}\p{N}]*$/u, '').length

/** Where the word ends that a place is in, or the one after it. */
const wordAfter = (line: string, at: number): number =>
  line.length - line.slice(at).replace(/^[^\p{L}\p{M}\p{N}]*[\p{L}\p{M}\p{N}]*/u, '').length

/** A syllable may consist of several characters. */
const syllables = (text: string): readonly string[] =>
  Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)

function before(line: string, at: number): number {
  return at - (syllables(line.slice(0, at)).at(-1)?.length ?? 0)
}

function after(line: string, at: number): number {
  return at + (syllables(line.slice(at))[0]?.length ?? 0)
}

/** Whether a here-document has not ended, or a backslash continues the line. */
function isOpen(text: string): boolean {
  const lines = text.split('\n')
  const [, word] = /<<-?\s*['"]?(\w+)['"]?/.exec(text) ?? []
  if (word !== undefined) return !lines.slice(1).includes(word)
  return text.endsWith('\\')
}
