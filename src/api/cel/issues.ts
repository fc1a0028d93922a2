/** A fault of an expression. */
export interface Issue {
  readonly position: number
  readonly text: string
}

/**
 * `ERROR: <input>:1:5: undefined field 'x'\n | self.x\n | ....^` for each issue. Source: cel-go
 * common/error.go.
 */
export function issuesText(source: string, issues: readonly Issue[]): string {
  return issues.map((issue) => issueText(source, issue)).join('\n')
}

function issueText(source: string, { position, text }: Issue): string {
  const before = source.slice(0, position)
  const line = before.split('\n').length
  const column = Array.from(before.slice(before.lastIndexOf('\n') + 1)).length
  const snippet = (source.split('\n')[line - 1] ?? '').replaceAll('\t', ' ')
  return `ERROR: <input>:${line}:${column + 1}: ${text}\n | ${snippet}\n | ${'.'.repeat(column)}^`
}

const PRIMARY =
  "'.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
const expecting = (closing: string): string => `{'[', '{', '('${closing}, ${PRIMARY}`

/**
 * Translates a fault of cel-js' parser to the text of cel-go's (ANTLR's) parser, as far as its position
 * allows.
 */
export function syntaxIssues(source: string, position: number, message: string): readonly Issue[] {
  const at = Math.min(position, source.length)
  const bad = lexicalFault(source, at)
  if (bad !== undefined) return bad
  const token = tokenAt(source, at)
  const shown = token === '' ? '<EOF>' : token
  const previous = source.slice(0, at).trimEnd()
  if (previous.endsWith('.'))
    return [{ position: at, text: `Syntax error: no viable alternative at input '.${token}'` }]
  if (message.startsWith('Unexpected token')) {
    const opensCall = /[\w)\]]\($/.test(previous)
    const list = previous.endsWith('[') ? expecting(", ']', ','") : expecting(opensCall ? ", ')'" : '')
    return [{ position: at, text: `Syntax error: mismatched input '${shown}' expecting ${list}` }]
  }
  const closing = /expected? (?:token )?'?(R?PAREN|RBRACKET|RBRACE|\)|\]|\})/i.exec(message)?.[1]
  if (closing !== undefined && token === '') {
    const sign =
      closing.includes('BRACKET') || closing === ']'
        ? ']'
        : closing.includes('BRACE') || closing === '}'
          ? '}'
          : ')'
    return [{ position: at, text: `Syntax error: missing '${sign}' at '<EOF>'` }]
  }
  if (token === '')
    return [{ position: at, text: `Syntax error: mismatched input '<EOF>' expecting ${expecting('')}` }]
  return [{ position: at, text: `Syntax error: extraneous input '${token}' expecting <EOF>` }]
}

/** Characters with which no token starts. */
function lexicalFault(source: string, at: number): readonly Issue[] | undefined {
  const char = source[at] ?? ''
  const isString = char === '"' || char === "'"
  if (!/[=&|@#$%^~`\\;]/.test(char) && !isString) return undefined
  if (isString || (char === '%' && !/[=&|@#$^~`\\;]/.test(char)))
    return isString ? stringFault(source, at) : undefined
  const text = /^[=&|] ?/.exec(source.slice(at))?.[0] ?? char
  const rest = source.slice(at + text.length).trimStart()
  const restAt = source.length - rest.length
  const next = tokenAt(source, restAt)
  const first = { position: at, text: `Syntax error: token recognition error at: '${text}'` }
  if (next !== '')
    return [first, { position: restAt, text: `Syntax error: extraneous input '${next}' expecting <EOF>` }]
  const endsOpen = /[-+*/%<>=!&|(,?:]\s*$/.test(source.slice(0, at))
  return endsOpen
    ? [
        first,
        {
          position: source.length,
          text: `Syntax error: mismatched input '<EOF>' expecting ${expecting('')}`,
        },
      ]
    : [first]
}

function stringFault(source: string, at: number): readonly Issue[] {
  return [
    { position: at, text: `Syntax error: token recognition error at: '${source.slice(at)}'` },
    ...(source.slice(0, at).trim() === '' || /[-+*/%<>=!&|(,?:]\s*$/.test(source.slice(0, at))
      ? [
          {
            position: source.length,
            text: `Syntax error: mismatched input '<EOF>' expecting ${expecting('')}`,
          },
        ]
      : []),
  ]
}

function tokenAt(source: string, at: number): string {
  return (
    /^(?:[A-Za-z_]\w*|\d+(?:\.\d+)?u?|"[^"]*"|'[^']*'|[=!<>]=|&&|\|\||\S)/.exec(source.slice(at))?.[0] ?? ''
  )
}
