import { YamlError } from './yaml-error.js'
import { CR, isBlank, isBreak, isBreakOrEnd, LF } from './characters.js'

/** A place in a text that is read, with its line and the column that the next character has. */
export class Cursor {
  /** The text, and a 0 at its end. */
  readonly text: string
  /** Offset of the next character. */
  at: number = 0
  /** Number of lines before this one. */
  line: number = 0
  /** Offset of the first character of the line. */
  lineStart: number = 0

  constructor(text: string) {
    this.text = `${text}\0`
  }

  /** Returns the code of the next character, or of one after it; 0 at the end. */
  code(ahead = 0): number {
    return this.text.charCodeAt(this.at + ahead)
  }

  /** Number of characters of the line before the next one. */
  get column(): number {
    return this.at - this.lineStart
  }

  /** Moves behind the line break that is next, and returns how scalars keep it. */
  readBreak(): string {
    const code = this.code()
    this.at += code === CR && this.code(1) === LF ? 2 : 1
    this.line++
    this.lineStart = this.at
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n'
  }

  /** Counts a line that ends with the text as one that has a line break. */
  endLine(): void {
    this.line++
    this.lineStart = this.at
  }

  /** Throws a fault of the scanner at this place. */
  refuse(problem: string): never {
    const { line, column } = this
    throw new YamlError(problem, line === 0 ? 0 : line + 1, { line, column })
  }

  skipBlanks(): void {
    while (isBlank(this.code())) this.at++
  }

  /** Moves to the end of the line if a comment is next. */
  skipComment(): void {
    if (this.code() === 35) while (!isBreakOrEnd(this.code())) this.at++
  }

  /** Reads the rest of the line of a directive, or of the indicator of a block scalar. */
  endHeader(): void {
    this.skipBlanks()
    this.skipComment()
    if (!isBreakOrEnd(this.code())) this.refuse('did not find expected comment or line break')
    if (isBreak(this.code())) this.readBreak()
  }

  /** Whether `---` or `...` is next, at the beginning of a line. */
  isDocumentIndicator(): boolean {
    const code = this.code()
    if ((code !== 45 && code !== 46) || this.at !== this.lineStart) return false
    if (this.code(1) !== code || this.code(2) !== code) return false
    const after = this.code(3)
    return isBlank(after) || isBreakOrEnd(after)
  }
}
