const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  e: '\u001b',
  '"': '"',
}

/** Text with `\n`, `\t`, `\x41`, `\101` replaced, as echo -e and printf do. */
export function unescaped(text: string): string {
  return text.replaceAll(/\\(x[\da-fA-F]{1,2}|0?[0-7]{1,3}|.)/g, (all, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff)
    return ESCAPES[code] ?? all
  })
}
