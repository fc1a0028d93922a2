/** Ranges of characters that take two columns of a terminal. Source: Unicode's EastAsianWidth, W and F. */
const WIDE: readonly (readonly [first: number, last: number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
]

function charWidth(char: string): number {
  if (/^[ -~]$/.test(char)) return 1
  // combining marks, vowels and finals of a decomposed syllable, joiners
  if (/^[\p{Mn}\p{Me}\p{Cf}\u{1160}-\u{11ff}]$/u.test(char)) return 0
  const code = char.codePointAt(0) ?? 0
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1
}

/** Returns how many columns of a terminal a text takes: two for a Hangul syllable, none for escapes. */
export function textWidth(text: string): number {
  let width = 0
  // eslint-disable-next-line no-control-regex -- what colours a terminal
  for (const char of text.replaceAll(/\u{1b}\[[\d;]*m/gu, '')) width += charWidth(char)
  return width
}

/** Pads a text with spaces to a number of columns. */
export function padText(text: string, width: number): string {
  // bounded: the width of a cell
  return text + ' '.repeat(Math.max(0, width - textWidth(text)))
}

/** Breaks a text at spaces so that no line takes more columns, unless a single word does. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && textWidth(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return [...lines, line]
}
