const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/**
 * Shows what would act instead of being shown, so that a text stays one line and says what it contains: ESC
 * as `^[`, a line end as `\n`, U+202E as `\u202e`.
 */
export function visible(text: string): string {
  // what terminals and pages act upon, or cannot show: controls, directions of writing, half characters
  const acting = /[\p{Cc}\p{Cs}\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff]/gu
  return text.replaceAll(acting, (char) => {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x20) return NAMES[char] ?? `^${String.fromCharCode(code + 0x40)}`
    return `\\u${code.toString(16).padStart(4, '0')}`
  })
}
