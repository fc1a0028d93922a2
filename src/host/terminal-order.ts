import type { CommandOutput } from './commands/command.js'

/**
 * Joins what a script has written to both streams as a terminal shows it. `written` is what its commands
 * wrote, in the order in which they ended; what was redirected, captured or piped is not in the streams. It
 * is looked for from the end: of two commands that wrote the same, the later one is seen, since a pipe's last
 * command ends last. Errors of the shell itself stand at the end if one of them is what the script failed of,
 * and else at the beginning.
 */
export function terminalText(
  { stdout = '', stderr = '', code = 0 }: CommandOutput,
  written: readonly CommandOutput[],
): string {
  const out = new Stream(stdout)
  const err = new Stream(stderr)
  let text = ''
  for (const { stdout: ownOut = '', stderr: ownErr = '', terminal } of written.toReversed()) {
    if (ownOut === '' && ownErr === '') continue
    const both = terminal ?? ownOut + ownErr
    // 2>&1 brings both into one stream
    const joined = ownOut === '' || ownErr === '' ? undefined : out.skipTo(ownOut + ownErr)
    if (joined !== undefined) {
      text = both + joined + text
      continue
    }
    const after = ownOut === '' ? undefined : out.skipTo(ownOut)
    // >&2 brings what it prints into the other stream
    const turned = ownOut !== '' && ownErr === '' && after === undefined ? err.skipTo(ownOut) : undefined
    if (turned !== undefined) {
      text = ownOut + turned + text
      continue
    }
    const afterErr = ownErr === '' ? undefined : err.skipTo(ownErr)
    text = (after ?? '') + (afterErr ?? '') + text
    if (after !== undefined && afterErr !== undefined) text = both + text
    else if (after !== undefined) text = ownOut + text
    else if (afterErr !== undefined) text = ownErr + text
  }
  const isLast = code !== 0 && (written.at(-1)?.code ?? 0) !== code
  return isLast ? out.rest() + text + err.rest() : out.rest() + err.rest() + text
}

/** A stream's text, of which a part at the end has been shown. */
class Stream {
  readonly #text: string
  #end: number

  constructor(text: string) {
    this.#text = text
    this.#end = text.length
  }

  /** Moves before the last place of a text, and returns what stands behind it; undefined if there is none. */
  skipTo(text: string): string | undefined {
    const found = this.#text.slice(0, this.#end).lastIndexOf(text)
    if (found < 0) return undefined
    const after = this.#text.slice(found + text.length, this.#end)
    this.#end = found
    return after
  }

  rest(): string {
    return this.#text.slice(0, this.#end)
  }
}
