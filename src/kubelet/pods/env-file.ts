/**
 * Returns the value that an env file gives to a variable, '' if it gives none; undefined if the file cannot
 * be parsed. Its form is a part of what a POSIX shell reads: comments, and `NAME='value'`, whose literal
 * value may have several lines. What comes after the variable is not read. Source:
 * pkg/kubelet/util/env/env_util.go ParseEnv (v1.35).
 */
export function envFileValue(text: string, name: string): string | undefined {
  let at = 0
  while (at < text.length) {
    const end = endOfLine(text, at)
    const line = text.slice(at, end)
    if (/^\s*(?:#.*)?$/.test(line)) {
      at = end + 1
      continue
    }
    const start = /^\s*([^=\s]+)='/.exec(line)
    if (start === null) return undefined
    const first = at + start[0].length
    const quote = text.indexOf("'", first)
    if (quote < 0) return undefined
    at = endOfLine(text, quote)
    if (!/^\s*$|^\s+#/.test(text.slice(quote + 1, at))) return undefined
    if (start[1] === name) return text.slice(first, quote)
    at++
  }
  return ''
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}
