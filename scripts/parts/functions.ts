import { childIn, isFunction, statementsOf, walk, changed, type Change } from './syntax.js'

/** Whether a first use calls a function of a file; functions are known by where they start in its text without types. */
export type IsCalled = (start: number) => boolean

/** The text of a file whose functions do something first when they are called: `noteOf` says what, as an expression. */
export function withNotes(code: string, noteOf: (start: number) => string): string {
  const changes: Change[] = []
  for (const statement of statementsOf(code)) {
    walk(statement, (node) => {
      const body = isFunction(node) ? childIn(node, 'body') : undefined
      if (!body) return undefined
      const note = noteOf(node.start)
      const isBlock = body.type === 'BlockStatement'
      changes.push({ start: isBlock ? body.start + 1 : body.start, end: isBlock ? body.start + 1 : body.start, by: isBlock ? `${note};` : `(${note}, ` })
      if (!isBlock) changes.push({ start: body.end, end: body.end, by: ')' })
      return undefined
    })
  }
  return changed(code, changes)
}
