import type { CommandOutput } from './commands/command.js'

/**
 * Joins what a script has written to both streams as a terminal shows it. `written` is what its commands
 * wrote, in the order in which they ended; what was redirected or piped is not in the streams. A shell's own
 * text is placed before the next command whose output follows it in the same stream.
 */
export function terminalText(stdout: string, stderr: string, written: readonly CommandOutput[]): string {
  const out = new Stream(stdout)
  const err = new Stream(stderr)
  let text = ''
  for (const { stdout: ownOut = '', stderr: ownErr = '', terminal } of written) {
    const both = terminal ?? ownOut + ownErr
    // 2>&1 brings both into one stream
    const joined = ownOut === '' || ownErr === '' ? undefined : out.skipTo(ownOut + ownErr)
    if (joined !== undefined) {
      text += joined + both
      continue
    }
    const before = ownOut === '' ? undefined : out.skipTo(ownOut)
    const beforeErr = ownErr === '' ? undefined : err.skipTo(ownErr)
    text += (before ?? '') + (beforeErr ?? '')
    if (before !== undefined && beforeErr !== undefined) text += both
    else if (before !== undefined) text += ownOut
    else if (beforeErr !== undefined) text += ownErr
  }
  return text + out.rest() + err.rest()
}

/** A stream's text, of which a part has been shown. */
class Stream {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  /** Moves behind the next place of a text, and returns what stands before it; undefined if there is none. */
  skipTo(text: string): string | undefined {
    const found = this.#text.indexOf(text, this.#at)
    if (found < 0) return undefined
    const before = this.#text.slice(this.#at, found)
    this.#at = found + text.length
    return before
  }

  rest(): string {
    return this.#text.slice(this.#at)
  }
}
