/** Classes of characters, as codes. The end of a text has the code 0. Source: go-yaml yamlprivateh.go. */
export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32

/** Whether a code ends a line: LF, CR, NEL, LS or PS. */
export const isBreak = (code: number): boolean =>
  code === LF || code === CR || code === 0x85 || code === 0x2028 || code === 0x2029

/** Whether a code ends a line or the text. */
export const isBreakOrEnd = (code: number): boolean => code === 0 || isBreak(code)

/** Whether a code is a space or a tab. */
export const isBlank = (code: number): boolean => code === SPACE || code === TAB

/** Whether a code is a space or a tab, or ends a line or the text. */
export const isBlankOrEnd = (code: number): boolean =>
  code <= SPACE
    ? code === SPACE || code === LF || code === TAB || code === CR || code === 0
    : code === 0x85 || code === 0x2028 || code === 0x2029

/** Whether a code is a digit. */
export const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Whether a code is a letter, a digit, `_` or `-`, as in the names of anchors. */
export const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isDigit(code) || code === 95 || code === 45

/** Whether a code is one of `,[]{}`, which end plain texts in flow collections, as does `?`. */
export const endsInFlow = (code: number): boolean =>
  code === 44 || code === 63 || code === 91 || code === 93 || code === 123 || code === 125

/** What is no printable character, with tabs and line breaks. Source: go-yaml readerc.go. */
export const UNPRINTABLE: RegExp =
  /[^\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u
