import { escapeTerminal } from '../print/escape-terminal.js'
import { LAST_APPLIED } from '../apply/last-applied.js'
import { DESCRIPTION, TabWriter } from '../../lang/text/tabwriter.js'
import { byKey } from '../../lang/text/order.js'

/**
 * Collects the indented lines of a description. Cells of a line are separated by tabs. Source: kubectl
 * describe PrefixWriter.
 */
export class DescriptionWriter {
  #text = ''
  #done = ''

  /** Writes a line, indented by two blanks for each level. */
  line(level: number, text: string): void {
    // bounded: levels of a description
    this.#text += `${'  '.repeat(level)}${escapeTerminal(text)}\n`
  }

  /** Writes text as it is, including line ends. */
  text(text: string): void {
    this.#text += escapeTerminal(text)
  }

  /** Aligns what was written so far; later lines do not share its columns. */
  flush(): void {
    this.#done += new TabWriter(DESCRIPTION).format(this.#text)
    this.#text = ''
  }

  /** The description so far with its tabs, as `rollout history` prints it. */
  unaligned(): string {
    return this.#text
  }

  /** The description so far, aligned. */
  toString(): string {
    if (this.#text !== '') this.flush()
    return this.#done
  }
}

/** Writes a title with one value a line: `Labels:  a=b`, then `c=d` below it. */
export function writeList(out: DescriptionWriter, title: string, values: readonly string[]): void {
  const [first = '<none>', ...rest] = values
  out.line(0, `${title}:\t${first}`)
  for (const value of rest) out.line(0, `\t${value}`)
}

/** Formats the entries of a map as `a=b`, sorted by key. */
export function pairsOf(map: Readonly<Record<string, string>> | undefined): readonly string[] {
  return Object.entries(map ?? {})
    .sort(byKey)
    .map(([key, value]) => `${key}=${value}`)
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const two = (value: number): string => String(value).padStart(2, '0')

/**
 * Formats a stored time as Go's RFC1123Z: `Tue, 24 Nov 2026 14:30:11 +0000`; an unset time as Go's zero time.
 */
export function longTime(text: string | null | undefined): string {
  if (text === undefined || text === null) return 'Mon, 01 Jan 0001 00:00:00 +0000'
  const time = new Date(Date.parse(text))
  const date =
    `${days[time.getUTCDay()]}, ${two(time.getUTCDate())} ${months[time.getUTCMonth()]} ` +
    `${time.getUTCFullYear()}`
  return `${date} ${two(time.getUTCHours())}:${two(time.getUTCMinutes())}:${two(time.getUTCSeconds())} +0000`
}

const MAX_ANNOTATION = 140

/** Writes labels (or any map of that form), one a line. */
export function writeLabels(
  out: DescriptionWriter,
  title: string,
  labels: Readonly<Record<string, string>> | undefined,
): void {
  writeList(out, title, pairsOf(labels))
}

/**
 * Writes annotations without the last applied configuration; long and multi-line values go below their key.
 */
export function writeAnnotations(
  out: DescriptionWriter,
  annotations: Readonly<Record<string, string>> | undefined,
  title: string = 'Annotations',
): void {
  writeList(out, title, annotationTexts(annotations))
}

/** Formats annotations as lines. */
export function annotationTexts(
  annotations: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  return Object.entries(annotations ?? {})
    .filter(([key]) => key !== LAST_APPLIED)
    .sort(byKey)
    .flatMap(([key, text]) => annotationLines(key, text.endsWith('\n') ? text.slice(0, -1) : text))
}

function annotationLines(key: string, value: string): readonly string[] {
  if (value.length + key.length + 2 <= MAX_ANNOTATION && !value.includes('\n')) return [`${key}: ${value}`]
  return [`${key}:`, ...value.split('\n').map((line) => `  ${shorten(line, MAX_ANNOTATION - 2)}`)]
}

const shorten = (text: string, length: number): string =>
  text.length > length ? `${text.slice(0, length)}...` : text
