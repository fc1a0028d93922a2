import { quote } from '../../lang/go/quote.js'
/** A command line that cannot be split into words. */
export class CommandLineError extends Error {}

const operators = '|&;<>()'

/**
 * Splits a command line into words like a POSIX shell: quotes and backslashes, no expansions. Throws
 * CommandLineError for open quotes, and for pipes, redirections and other operators outside quotes.
 */
export function splitWords(line: string): readonly string[] {
  const words: string[] = []
  let word: string | undefined
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at)
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(line, at)
      word = (word ?? '') + quoted.text
      at = quoted.end
    } else if (char === '\\') {
      const next = line.charAt(++at)
      word = (word ?? '') + (next === '\n' ? '' : next)
    } else if (operators.includes(char)) {
      throw new CommandLineError(
        `there is no shell here: ${quote(char)} in ${quote(line)} cannot be run ` +
          '(quote it or do it in code)',
      )
    } else {
      word = (word ?? '') + char
    }
  }
  if (word !== undefined) words.push(word)
  return words
}

/** Returns the text of the quoted part that begins at `start`, and the position of its closing quote. */
function readQuoted(line: string, start: number): { readonly text: string; readonly end: number } {
  const quote = line.charAt(start)
  let text = ''
  for (let at = start + 1; at < line.length; at++) {
    const char = line.charAt(at)
    if (char === quote) return { text, end: at }
    if (quote === '"' && char === '\\' && '"\\$`\n'.includes(line.charAt(at + 1))) {
      const next = line.charAt(++at)
      if (next !== '\n') text += next
    } else {
      text += char
    }
  }
  throw new CommandLineError(`a quote is not closed in ${JSON.stringify(line)}`)
}
